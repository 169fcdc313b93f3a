import type postgres from 'postgres'
import type { Database } from '../../server/database/client.ts'

type Client = Pick<postgres.Sql, 'unsafe'>
type Begin = (...all: unknown[]) => Promise<unknown>

/** Notes the text of every statement that is sent from here on, in transactions too. */
export function noteStatements({ $client }: Database, texts: string[]): void {
  const { begin } = $client
  const noting = ({ unsafe }: Client): Client['unsafe'] =>
    ((text: string, ...more: []) => {
      texts.push(text)
      return unsafe(text, ...more)
    }) as Client['unsafe']
  const inside = (act: (tx: Client) => unknown) => (tx: Client) =>
    act(Object.assign(tx, { unsafe: noting(tx) }))
  const beginNoting: Begin = (...all) =>
    (begin as Begin)(...all.slice(0, -1), inside(all.at(-1) as (tx: Client) => unknown))
  Object.assign($client, { unsafe: noting($client), begin: beginNoting })
}
