const ARTICLES: Record<string, string> = {
  ...{ il: 'l’', del: 'dell’', al: 'all’', dal: 'dall’', nel: 'nell’', sul: 'sull’' },
}

/** A small word and what follows it, as they are said: `l’11 aprile`, `ad Aurora`, `ed Elena`. */
export function elide(word: string, next: string): string {
  const small = word.toLowerCase()
  const article = ARTICLES[small]
  // Eight and eleven, and what is counted from them, begin with a vowel.
  if (article && /^(8|11(?!\d))/.test(next))
    return (small === word ? article : article[0]!.toUpperCase() + article.slice(1)) + next
  if (small === 'a' && /^[aà]/i.test(next)) return `${word}d ${next}`
  if (small === 'e' && /^[eèé]/i.test(next)) return `${word}d ${next}`
  return `${word} ${next}`
}
