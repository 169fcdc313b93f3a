import { defineConfig } from 'vitest/config'

/** The tests a mutant has to get past, one process for all of them; `run.ts` says which. */
export default defineConfig({
  test: {
    include: [`tests/solver/${process.env.MUTATION_TESTS ?? '**/*'}.test.ts`],
    testTimeout: 60_000,
  },
})
