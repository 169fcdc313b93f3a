/** What every event may ask of a table, said in the reader's language; others are the organisers' own words. */
export const USUAL_FEATURES = ['step-free', 'quiet', 'screen'] as const
export type UsualFeature = (typeof USUAL_FEATURES)[number]

export const isUsual = (feature: string): feature is UsualFeature =>
  (USUAL_FEATURES as readonly string[]).includes(feature)
