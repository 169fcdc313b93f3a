import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** What is wrong with a page, in a line each; empty when nothing is. */
export async function problemsOf(page: Page, path: string): Promise<string[]> {
  // Whole in the page and without the list of what is right: on pages of hundreds of rows that takes a quarter of the time.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode(true)
  const { violations } = await axe.withTags(RULES).analyze()
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  return [
    ...violations.map(({ id, nodes }) => `${path}: ${id}: ${nodes[0]!.html}`),
    ...(wide > 0 ? [`${path}: ${wide} px wider than the window`] : []),
  ]
}
