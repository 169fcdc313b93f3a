import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

// Of what somebody sees: headings that leave a level out, and controls of one name that do different things. A control
// inside an article, a row or a group is told apart by that.
const STRUCTURE = `(() => {
  const seen = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6, a[href], button')].filter((one) => one.checkVisibility({ visibilityProperty: true }))
  const heads = seen.filter((one) => /^H/.test(one.tagName))
  const jumps = heads.flatMap((head, index) => {
    const level = Number(head.tagName[1]), before = Number(heads[index - 1]?.tagName[1] ?? 0)
    return level > before + 1 ? ['h' + before + ' is followed by h' + level + ': ' + head.textContent.trim()] : []
  })
  const names = new Map()
  for (const one of seen) {
    if (/^H/.test(one.tagName)) continue
    const name = (one.ariaLabel ?? one.textContent).replace(/\\s+/g, ' ').trim()
    const where = one.closest('article, tr, li, fieldset, [role=group], dialog, section[aria-labelledby], nav')
    const key = one.tagName + ' ' + name
    names.set(key, [...(names.get(key) ?? []), { to: one.href ?? one, where }])
  }
  const alike = [...names].flatMap(([name, all]) => all.some((a, i) => all.some((b, j) => i < j && a.to !== b.to && a.where === b.where)) ? ['several of one name: ' + name] : [])
  return [...jumps, ...alike]
})()`

/** What is wrong with a page, in a line each; empty when nothing is. */
export async function problemsOf(page: Page, path: string): Promise<string[]> {
  // Whole in the page and without the list of what is right: on pages of hundreds of rows that takes a quarter of the time.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode(true)
  const { violations } = await axe.withTags(RULES).analyze()
  const structure = await page.evaluate<string[]>(STRUCTURE)
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  return [
    ...structure.map((what) => `${path}: ${what}`),
    ...violations.map(({ id, nodes }) => `${path}: ${id}: ${nodes[0]!.html}`),
    ...(wide > 0 ? [`${path}: ${wide} px wider than the window`] : []),
  ]
}
