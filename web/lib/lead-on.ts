import type { HostView } from '../../server/schemas/proposal.ts'
import { navigate, route } from '../router.ts'
import { api } from './api.ts'

/** Of a host entered twice: who stayed. Null where nobody may know, or can be asked now. */
export const survivorOf = (hostId: string): Promise<string | null> =>
  api.get<HostView>(`/api/v1/hosts/${hostId}`).then(
    (view) => view.hostId,
    () => null,
  )

/** Every page of a host who was merged into another leads on to the same page of the one who stayed. */
export async function leadOn(hostId: string) {
  const survivor = await survivorOf(hostId)
  if (survivor === null || survivor === hostId || !route.pathname.includes(hostId)) return
  const { search, hash } = location
  await navigate(route.pathname.replace(hostId, survivor) as '/', { search, hash, replace: true })
}
