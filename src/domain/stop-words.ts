/**
 * What a reply means for consent. People ask to be left alone in their own words, with typos, look-alike letters and
 * captions under pictures; all of that counts. A message that only has such a word in it ("the bus stop") does not.
 */

/** What a reply asks for. `yes` opts in only whoever is opted out; everybody else's "yes" is an answer to a question. */
export type ReplyIntent = 'stop' | 'start' | 'help' | 'yes'

/** Whole messages that opt out: CTIA's words, their French and Spanish, and what people write as one word. */
const STOP = new Set(
  'stop stopp stop all stopall unsubscribe unsub cancel end quit revoke optout opt out arret arreter alto parar pare desabonner baja'
    .split(' ')
    .concat([
      'stop all',
      'opt out',
      'stop it',
      'opt me out',
      'stop now',
      'cancel all',
      'end all',
      'quit all',
      'remove me',
      'delete me',
      'stop please',
    ]),
)
// Fragments of the two-word entries that the split above made.
for (const fragment of ['all', 'opt', 'out']) STOP.delete(fragment)

const START = new Set([
  'start',
  'unstop',
  'optin',
  'opt in',
  'resubscribe',
  'subscribe',
  'commencer',
  'comenzar',
  'iniciar',
])
const HELP = new Set(['help', 'info', 'aide', 'ayuda'])
const YES = new Set(['yes', 'oui', 'si'])

/** Letters that look like Latin ones, as people paste them and as filters are dodged with. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  а: 'a',
  в: 'b',
  с: 'c',
  е: 'e',
  н: 'h',
  і: 'i',
  ј: 'j',
  к: 'k',
  м: 'm',
  о: 'o',
  р: 'p',
  ѕ: 's',
  т: 't',
  у: 'y',
  х: 'x',
  ԛ: 'q',
  ԝ: 'w',
  α: 'a',
  β: 'b',
  ε: 'e',
  ι: 'i',
  κ: 'k',
  ν: 'v',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  υ: 'u',
  χ: 'x',
  ѵ: 'v',
  ո: 'n',
  օ: 'o',
  ѡ: 'w',
  ꮪ: 's',
  ꭲ: 't',
  '０': 'o',
  ʟ: 'l',
  ɪ: 'i',
  ɴ: 'n',
  ꜱ: 's',
  ᴛ: 't',
  ᴏ: 'o',
  ᴘ: 'p',
  ʀ: 'r',
  ᴇ: 'e',
  ᴅ: 'd',
  ᴜ: 'u',
  ʙ: 'b',
  ᴄ: 'c',
}

/** Courtesy around a word changes nothing about what it asks for. */
const COURTESY =
  /^(?:(?:please|pls|plz|kindly|hi|hey|hello|ok|okay|sir|no|nope|s'?il vous plait|svp|por favor)[\s,]+)+|(?:[\s,]+(?:please|pls|plz|thanks|thank you|thx|ty|now|immediately|already|merci|gracias|svp|por favor|s'?il vous plait|sir|bro|dude|man|guys))+$/g

/** What stands before a stop that is no wish to stop: "don't stop", "the bus stop", "why did you stop texting me". */
const NOT_A_WISH =
  /\b(?:don'?t|do not|never|didn'?t|did not|won'?t|can'?t|cannot|couldn'?t|why (?:did|do|have) (?:you|they|she|he)|did (?:you|they|she|he)|will (?:you|they) ever|bus|pit|truck|rest|non|full|door|gas|one|last|next|first|short|shall i|should (?:i|we)|i(?:'ll| will| can| could| had to| have to)|you can|we can|they|he|she) (?:want to |ever )?$/

const TARGET =
  '(?:text(?:s|ing|ed)?|txt(?:s|ing)?|messag(?:e|es|ing)|msg(?:s|ing)?|sms(?:es)?|mms|contact(?:ing)?|spam(?:ming)?|bother(?:ing)?|harass(?:ing)?|alerts?|notif(?:ication|ications|ying)|pictures?|pics?|promos?|promotions?|ads?|offers?|marketing|subscription|reminders?|calls?|calling|emails?|emailing|updates?)'
const WISHES: readonly RegExp[] = [
  new RegExp(
    `\\b(?:stop|quit|cease|discontinue|end)(?: (?:all|any|the|these|those|this|your|my|sending|with|me|us|with the|it with|further|future|more|to|getting))* ${TARGET}\\b`,
  ),
  /\b(?:stop|quit|cease)(?: sending| blowing up)(?: me| us| this| these| my phone)?\b/,
  /^(?:i (?:want|wish|need|would like|'d like|demand|ask you|am asking you)(?: for)?(?: you)? to |i'?d like to |can (?:you|i) |could you |how (?:do|can) i |you (?:must|need to|have to|should) |just |let me |wanna |want to )?(?:unsubscribe|unsub|opt[ -]?out)\b/,
  /\b(?:unsubscribe|opt)(?: me| us| my number| this number)(?: out)?\b/,
  /\b(?:remove|take|delete|drop|get) (?:me|us|my (?:phone )?number|this (?:phone )?number|my name) (?:off|from|out of)\b/,
  new RegExp(
    `\\b(?:do not|don'?t|never|no longer|pls no more) (?:ever )?(?:want (?:to (?:get|receive|hear) )?(?:any (?:more )?)?(?:more |your |these |this )?)?(?:(?:text|txt|message|msg|contact|sms|spam|bother)(?: to)? (?:me|us|this number|my phone)|(?:write|call)(?: to)? (?:me|us|this number) (?:again|any ?more|ever)|(?:send|receive|get) (?:me |us )?(?:any|anything|more|these|this|your|messages|texts|pictures)\\b|${TARGET}(?: from you)?$)`,
  ),
  new RegExp(`\\bno more (?:of (?:these|this|your) )?${TARGET}\\b`),
  /\b(?:leave me alone|lose my number|lose this number|i (?:revoke|withdraw)(?: my)? consent|revoke (?:my )?consent|not interested[ ,.]*stop|stop[ ,.]*(?:not interested|wrong number)|wrong number[ ,.]*stop)\b/,
  /\b(?:arretez?|arreter|cessez)(?: de| d'| les| tous les| vos| toute?s?)* ?(?:m'?(?:ecrire|envoyer|appeler|contacter)|textos?|messages?|sms|envois?)/,
  /\b(?:desabonnez|desabonner|desinscrire|desinscrivez|retirez)(?:[ -]moi)?\b|\bplus de (?:messages?|textos?|sms)\b|\bne m'?(?:ecrivez|envoyez|contactez) plus\b/,
  /\b(?:no me|ya no me) (?:envien?|manden?|escriban?|contacten?|llamen?)\b|\bdejen? de (?:enviar|mandar|escribir|molestar|contactar)\w*|\bno mas (?:mensajes?|textos?|sms)\b|\b(?:darme|denme|dar) de baja\b|\bcancelar (?:mi )?su[bs]s?cripcion\b/,
]

/** What makes a wish one for a while, or about something else: "don't text me until 5", "stop calling me names". */
const NOT_FOR_GOOD =
  /^ (?:me |us )?(?:until|till|til|before|after|while|when|during|at \d|about|yet|names|lunch|button)\b/

/** A first sentence that is the word alone: "Stop. Wrong number." */
const FIRST_SENTENCE = /^\s*["'(]*(stop|unsubscribe|stopall|optout)\s*[.!,;:\n]/i

/** Lower case, no accents, no invisible characters, look-alikes as Latin letters, one space between words, no decoration around. */
export function normaliseReply(text: string): string {
  return [...text.normalize('NFKD').toLowerCase()]
    .map((character) => LOOKALIKES[character] ?? character)
    .join('')
    .replace(/[\p{Mn}\p{Cf}\p{Me}]/gu, '')
    .replace(/[\u2018\u2019\u02bc\u00b4`]/g, "'")
    .replace(/[^\p{L}\p{N}'\s-]+/gu, ' ')
    .replace(/[\s-]+/g, ' ')
    .trim()
}

/** Letters with separators between them: "s t o p", "S.T.O.P". */
const joinedLetters = (text: string): string =>
  /^(?:\p{L} ){2,}\p{L}$/u.test(text) ? text.replaceAll(' ', '') : text

/** Digits for letters, in words of letters only otherwise: "st0p", "5top". */
const plainDigits = (text: string): string =>
  /^[a-z]*[0-9$][a-z0-9]*$/.test(text) && text.length <= 12 && /[a-z]/.test(text)
    ? text.replaceAll('0', 'o').replaceAll('5', 's').replaceAll('1', 'i').replaceAll('3', 'e')
    : text

/** What a reply asks for; null when it is a message like any other. Takes time in proportion to the text, of which the first 500 characters count. */
export function classifyReply(text: string): ReplyIntent | null {
  const all = normaliseReply(text.slice(0, 500))
  if (all === '') return null
  const bare = plainDigits(joinedLetters(all.replace(COURTESY, '').trim() || all))
  // "stop stop stop" and "STOP!!!" are one word said loudly.
  const word = bare.replace(/^(\S+)(?: \1)+$/, '$1')
  if (STOP.has(word)) return 'stop'
  if (START.has(word)) return 'start'
  if (HELP.has(word)) return 'help'
  if (YES.has(word)) return 'yes'
  if (FIRST_SENTENCE.test(text.slice(0, 500))) return 'stop'
  for (const wish of WISHES) {
    const found = wish.exec(all)
    if (found === null || NOT_A_WISH.test(all.slice(0, found.index))) continue
    if (!NOT_FOR_GOOD.test(all.slice(found.index + found[0].length))) return 'stop'
  }
  return null
}
