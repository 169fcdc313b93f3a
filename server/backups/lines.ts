const NEWLINE = 10

/** What comes in pieces, a line at a time. */
export class Lines {
  #pieces: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Buffer>) {
    this.#pieces = source[Symbol.asyncIterator]()
  }

  /** The next one with its end; null where there is none, or only a part of one. */
  async next(): Promise<Buffer | null> {
    for (;;) {
      const end = this.#rest.indexOf(NEWLINE)
      if (end >= 0) {
        const line = this.#rest.subarray(0, end + 1)
        this.#rest = this.#rest.subarray(end + 1)
        return line
      }
      const { done, value } = await this.#pieces.next()
      if (done) return null
      this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, value]) : value
    }
  }
}
