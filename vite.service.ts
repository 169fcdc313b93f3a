import { defineConfig } from 'vite'

/** The service with all its packages as one file: to read their 2,600 modules one by one takes most of a start. */
export default defineConfig({
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: 'server/service.ts',
    outDir: 'server/dist',
    target: 'es2024',
    minify: false,
    rolldownOptions: { output: { codeSplitting: false } },
  },
})
