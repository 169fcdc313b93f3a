import { createHmac } from 'node:crypto'

export const CODE_MINUTES = 10

/** Six digits are soon tried out, so what is stored of a code depends on the installation's secret. */
export const hashCode = (code: string, secret: string): string =>
  createHmac('sha256', secret).update(`code:${code}`).digest('base64url')
