/** As much as a page shows at once of what goes to paper: rows of tables of a schedule. */
const mostRows = 3_000
const mostAsked = 150

/** So many sheets at a time of as many rows each. */
export const sheetsOf = (rows: number) => Math.max(1, Math.floor(mostRows / Math.max(1, rows)))

/** Those that are asked for by their ids stand in an address, which may not be too long. */
export const askedAtOnce = (most: number) => Math.min(most, mostAsked)
