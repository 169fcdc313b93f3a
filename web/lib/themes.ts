import type { Theme } from '../../server/schemas/proposal.ts'
import { m } from '../paraglide/messages.js'

const themeWords: Record<Theme, () => string> = {
  inclusion: m.theme_inclusion,
  education: m.theme_education,
  work: m.theme_work,
  health: m.theme_health,
  food: m.theme_food,
  environment: m.theme_environment,
  reuse: m.theme_reuse,
  culture: m.theme_culture,
  housing: m.theme_housing,
  migration: m.theme_migration,
  families: m.theme_families,
  youth: m.theme_youth,
  elderly: m.theme_elderly,
  disability: m.theme_disability,
  digital: m.theme_digital,
}

export const themes = Object.keys(themeWords) as Theme[]
export const themeLabel = (theme: Theme) => themeWords[theme]()
export const themeOptions = () => themes.map((value) => ({ value, label: themeLabel(value) }))
