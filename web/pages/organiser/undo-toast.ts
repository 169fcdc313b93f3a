import type { Written } from '../../../server/schemas/common.ts'
import { api } from '../../lib/api.ts'
import { toast, toastError } from '../../lib/toasts.svelte.ts'

/** Says what was done, with the way back; `after` shows how things stand then. */
export function toastDone(message: string, programmeId: string, { seq }: Written, after: () => unknown) {
  if (seq === undefined) return
  const undo = async () => {
    try {
      await api.post(`/api/v1/programmes/${programmeId}/undo`, { seq })
      await after()
    } catch (error) {
      toastError(error)
    }
  }
  toast(message, { tone: 'good', undo })
}
