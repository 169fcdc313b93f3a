export type Tone = 'info' | 'good' | 'bad'
export type Toast = { id: number; message: string; tone: Tone; undo?: () => void | Promise<void> }

let last = 0

class Toasts {
  list = $state.raw<Toast[]>([])

  dismiss(id: number) {
    this.list = this.list.filter((toast) => toast.id !== id)
  }

  show(message: string, { tone = 'info', undo }: { tone?: Tone; undo?: Toast['undo'] } = {}) {
    const id = ++last
    this.list = [...this.list.slice(-2), { id, message, tone, undo }]
    return id
  }
}

export const toasts = new Toasts()

/** `toast('Incontro spostato', { undo })`; with Undo it stays longer. */
export const toast = toasts.show.bind(toasts)

/** Says why something did not work; any Error with a readable message will do. */
export const toastError = (error: unknown) =>
  toast(error instanceof Error ? error.message : String(error), { tone: 'bad' })
