import { defineConfig } from 'vite'

/**
 * The service with all its packages as one file: to read their 2,600 modules one by one takes most of a start. Without
 * spaces and comments it is read sooner; names stay, so that an error still says where it happened.
 */
export default defineConfig({
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: 'server/service.ts',
    outDir: 'server/dist',
    target: 'es2024',
    rolldownOptions: { output: { codeSplitting: false, minify: { compress: false, mangle: false } } },
  },
})
