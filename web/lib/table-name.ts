import { m } from '../paraglide/messages.js'

/** A table called "4" or "B2" is spoken of as "Tavolo 4"; one with a name of its own keeps it. */
export const tableName = (name: string) => (/^\w{1,3}$/.test(name) ? m.table_called({ name }) : name)
