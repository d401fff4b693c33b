package journal

// OpenSmall is Open with a journal that is written anew above that size.
var OpenSmall = open
