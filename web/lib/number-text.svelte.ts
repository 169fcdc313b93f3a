import { readNumber, writeNumber, type NumberKind, type NumberProblem } from './numbers.ts'

/**
 * The text of a number's field. While one types it stays as typed; once left it is written as a number, or, where it
 * is none, kept with its problem while the value stays what it was.
 */
export class NumberText {
  text = $state('')
  problem = $state<NumberProblem | null>(null)
  typing = $state(false)
  #kind: NumberKind
  #value: number | null
  /** The value from before the typing began: the beginning of a text that is no number is none either. */
  #before: number | null

  constructor(kind: NumberKind, value: number | null) {
    this.#kind = kind
    this.#value = this.#before = value
    this.text = writeNumber(value, kind)
  }

  /** Takes what stands in the field now; the value that the field has from then on. */
  type(text: string): number | null {
    if (!this.typing) this.#before = this.#value
    this.typing = true
    this.text = text
    const read = readNumber(text, this.#kind)
    this.problem = 'problem' in read ? read.problem : null
    this.#value = 'value' in read ? read.value : this.#before
    return this.#value
  }

  leave() {
    this.typing = false
    if (!this.problem) this.text = writeNumber(this.#value, this.#kind)
  }

  /** The value as the page has it: one that came from elsewhere replaces the text, unless somebody is typing. */
  hear(value: number | null) {
    if (this.typing || value === this.#value) return
    this.#value = value
    this.problem = null
    this.text = writeNumber(value, this.#kind)
  }
}
