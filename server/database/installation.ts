import type { Reader } from './client.ts'
import { installations } from './schema.ts'

export type Installation = typeof installations.$inferSelect

export async function readInstallation(reader: Reader): Promise<Installation> {
  const [row] = await reader.select().from(installations)
  return row
}

/** A restored copy: what would go out to people waits until whoever runs it says otherwise. */
export const isQuiet = async (reader: Reader): Promise<boolean> => (await readInstallation(reader)).quiet
