export type PaperSize = 'A4' | 'A3' | 'letter'

/**
 * Sets the paper for as long as the element is shown. A page's size can't follow a class, and the content
 * policy allows no style element: a constructed sheet is neither.
 */
export const paper = (size: PaperSize, landscape: boolean) => () => {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`@page { size: ${size} ${landscape ? 'landscape' : 'portrait'}; margin: 10mm 11mm; }`)
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  return () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet)
  }
}
