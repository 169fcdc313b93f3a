/** Where the database is, and how it may be asked. */
export type Place = {
  url: string
  /** PostgreSQL itself, where `url` leads through a pooler that hands its connections on after each transaction. */
  directUrl?: string | null
  /** The schema of our tables, where the database does not say it itself. */
  schema?: string | null
}

/** What is bound to a session (listening, locks) or changes tables goes there. */
export const directOf = ({ url, directUrl }: Place): string => directUrl ?? url

/** Given to each new connection; a pooler takes none, so behind one the role has to say it. */
export const schemaGiven = ({ schema }: Place) =>
  schema ? { connection: { search_path: `"${schema.replaceAll('"', '""')}"` } } : {}
