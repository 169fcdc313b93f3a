import { randomEvent } from './tests/solver/events.ts'
import { check, applyChange } from './solver/index.ts'
const seed = Number(process.argv[2])
const i = randomEvent(seed, { slots: 3, people: 4, candidates: 5, limits: true, required: 0.6, locks: seed % 2 === 0, order: seed % 3 === 0, quotas: seed % 5 === 0, tables: (['counted', 'none', 'listed'] as const)[seed % 3] })
  const f = check(i); console.log(JSON.stringify(i.source)); console.log(f.map((x) => [x.severity, x.code, x.words, x.remedy?.words]))
  let e = i
  for (const x of f) { if (x.remedy) console.log(x.code, check(x.remedy.changes.reduce(applyChange, e)).map((x) => [x.severity, x.code, x.words, x.remedy?.words])); if (x.severity === 'impossible') e = (x.remedy?.changes??[]).reduce(applyChange, e) }
