/** The cookie in which a screen's browser keeps the token of its link. */
export const SCREEN_COOKIE = 'incontro_screen'
