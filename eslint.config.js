import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'

const roles = ['participant', 'project', 'host', 'organiser', 'desk', 'screen', 'public']
/** What projects and hosts share are pages of both. */
const sharedWith = { project: 'participant', host: 'participant' }

/** Imports that files of one folder may not make; each rule gives the reason. */
const restrict = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
})

/** What the files of a folder of solver/ may import, the others being refused: packages, and folders of the solver. */
const only = (folder, allowed, message) =>
  restrict([`solver/${folder}**/*.ts`], [{ regex: `^(?!${allowed.join('|')})`, message }])
const LIBRARY = 'solver/ is a library: it imports only itself and, in engines/, other people’s mathematics.'
const outOfWeb = [
  {
    regex: '(^|/)server/(?!schemas/)',
    message: 'web/ knows of the server only the types in server/schemas/.',
  },
  {
    regex: '(^|/)server/schemas/(?!(slot-times|agenda-changes)\\.ts)',
    allowTypeImports: true,
    message: 'web/ takes only types from server/schemas/.',
  },
  { regex: '(^|/)solver/', message: 'The web asks the server, which asks the solver.' },
]
const otherRoles = (role) => ({
  regex: `(^|/)(\\.\\.|pages)/(${roles.filter((each) => each !== role && each !== sharedWith[role]).join('|')})/`,
  message: "Pages of one role don't import another's.",
})
const ban = (selector, message) => ({ selector, message })
const NO_SQL_IN_STRINGS = [
  'error',
  ban("CallExpression[callee.property.name='unsafe']", 'Write SQL as a template, never as a string.'),
  ban("CallExpression[callee.object.name='sql'][callee.property.name='raw']", 'Write SQL as a template.'),
]
/** Files of a feature that only read, and those of identity and the agenda that are about HTTP itself. */
const READING = ['routes', 'repository', 'reads', 'views', 'present'].map(
  (name) => `server/features/**/${name}.ts`,
)
const OF_HTTP = ['agenda/ahead', 'identity/auth', 'identity/auth-routes', 'identity/identify'].map(
  (name) => `server/features/${name}.ts`,
)
const WRITES = {
  regex: '/write\\.ts$',
  allowTypeImports: true,
  message: 'Only a service writes.',
}

export default ts.config(
  {
    ignores: [
      'node_modules',
      '.data',
      '.mutation',
      'web/dist*',
      'server/dist*',
      'web/paraglide',
      'server/paraglide',
      '**/coverage',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  { languageOptions: { globals: globals.node } },
  { files: ['web/**'], languageOptions: { globals: globals.browser } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] } },
  },
  {
    rules: {
      'no-undef': 'off', // TypeScript's task
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
      'no-restricted-syntax': NO_SQL_IN_STRINGS,
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      'svelte/prefer-svelte-reactivity': 'off', // server data is raw and replaced whole; local maps are just maps
    },
  },
  { files: ['**/*.svelte'], rules: { 'prefer-const': 'off' } }, // properties are declared with let
  {
    files: ['solver/**/*.ts', 'server/**/*.ts', 'tests/**/*.ts'],
    ignores: ['tests/web/**'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
    },
  },
  restrict(
    ['solver/*/**/*.ts'],
    [{ regex: '^(?!\\./|\\.\\./[^.])', message: LIBRARY }],
    ['solver/{engines,format,spec,verify}/**'],
  ),
  restrict(['solver/*.ts'], [{ regex: '^(?!\\./)', message: LIBRARY }], ['solver/{cli,worker}.ts']),
  restrict(['solver/{cli,worker}.ts'], [{ regex: '^(?!\\./|node:)', message: LIBRARY }]),
  only(
    'engines/',
    ['\\./', '\\.\\./(model|format)/', 'javascript-lp-solver$', 'highs$', 'cadical-wasm$'],
    LIBRARY,
  ),
  only(
    'format/',
    ['\\./', 'typebox', 'canonicalize$'],
    'The format is what files may say; it knows no search.',
  ),
  only('spec/', ['\\./', '\\.\\./format/'], 'The rules and levels are a definition: no search in them.'),
  only('verify/', ['\\./', '\\.\\./(spec|format)/'], 'The referee shares no code with the search.'),
  restrict(
    ['server/schemas/**/*.ts'],
    [{ regex: '^(?!typebox|\\./)', message: 'server/schemas/ is the wire contract: TypeBox only.' }],
  ),
  restrict(
    ['server/plugins/**/*.ts'],
    [{ regex: '(^|/)features/', message: 'Plugins never import features: app.ts hands them over.' }],
  ),
  restrict(
    ['server/features/**/routes.ts'],
    [
      {
        regex: '(^drizzle-orm|^postgres$|(^|/)(database|solver)/|/changes\\.ts$)',
        allowTypeImports: true,
        message: 'Routes decide nothing: call the service (writes) or the repository (reads).',
      },
      WRITES,
    ],
  ),
  // Whatever is none of these may write, and is a service whatever its name.
  restrict(
    ['server/features/**/*.ts'],
    [
      { regex: '^(fastify|@fastify/)|(^|/)plugins/|/routes\\.ts$', message: 'Services know no HTTP.' },
      {
        // The rows of an event, its people, what disrupts it, its schedules and what was told are what features stand on.
        regex:
          '^\\.\\./(?!(events|participants|disruptions|solver-input|schedules|told)/)[^.][^/]*/repository',
        message: "Call another feature's service, not its repository.",
      },
    ],
    READING.concat(OF_HTTP),
  ),
  restrict(READING.slice(1), [WRITES], ['server/features/**/repository.ts']),
  restrict(
    ['server/features/**/repository.ts'],
    [
      {
        regex: '^(fastify|@fastify/)|(^|/)plugins/|/(routes|service)\\.ts$',
        message: 'Repositories know only the database.',
      },
      WRITES,
    ],
  ),
  {
    files: [...READING, ...OF_HTTP],
    rules: {
      'no-restricted-syntax': [
        ...NO_SQL_IN_STRINGS,
        ban("CallExpression[callee.property.name='transaction']", 'Only a service opens a transaction.'),
      ],
    },
  },
  restrict(['web/**/*.ts', 'web/**/*.svelte'], outOfWeb),
  restrict(
    ['web/lib/**'],
    [
      ...outOfWeb,
      { regex: '(^|/)pages/', message: 'web/lib/ is what pages stand on: it knows none of them.' },
    ],
  ),
  ...roles.map((role) => restrict([`web/pages/${role}/**`], [...outOfWeb, otherRoles(role)])),
  { files: ['server/queue.ts'], rules: { 'no-restricted-syntax': 'off' } },
)
