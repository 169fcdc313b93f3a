import type { Config } from '../../config.ts'

/** Opens the sign-in page with the address filled in, and leads on to a page or to where they begin; it is not a login. */
export const signInPage = ({ publicUrl }: Config, email: string, next: string | null): string =>
  `${publicUrl}/accedi?${new URLSearchParams({ email, ...(next && { next }) })}`
