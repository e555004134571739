/** The languages that the pages speak, in the order of the columns below. */
export const LANGUAGES = ['en', 'fr', 'es'] as const
/** A language that the pages speak. */
export type Language = (typeof LANGUAGES)[number]

/**
 * Every sentence of the pages: English, French, Spanish. `{names}` are filled in; a bar divides what is said of one thing
 * from what is said of several. `error_<code>` puts a failure of the API into the reader's language.
 */
const SENTENCES = {
  // Signing in
  signIn: ['Sign in', 'Se connecter', 'Iniciar sesión'],
  signInLead: [
    'Picture messages, sent and answered.',
    'Messages photo, envoyés et répondus.',
    'Mensajes con fotos, enviados y respondidos.',
  ],
  signInKey: ['API key', 'Clé d’API', 'Clave de API'],
  signInHint: [
    'A key with the scope read or send. It stays on the server; your browser keeps a cookie for 12 hours.',
    'Une clé avec la portée read ou send. Elle reste sur le serveur; votre navigateur garde un témoin pendant 12 heures.',
    'Una clave con el alcance read o send. Se queda en el servidor; su navegador guarda una cookie durante 12 horas.',
  ],
  signInDemo: ['Open the demo inbox', 'Ouvrir la boîte de démonstration', 'Abrir la bandeja de demostración'],
  signInDemoHint: [
    'Four numbers and any phone you like, all simulated on this machine.',
    'Quatre numéros et tous les téléphones voulus, simulés sur cette machine.',
    'Cuatro números y cualquier teléfono, simulados en esta máquina.',
  ],
  signInUnknown: [
    'That key opens nothing here. Check it, or make a new one.',
    'Cette clé n’ouvre rien ici. Vérifiez-la ou créez-en une autre.',
    'Esa clave no abre nada aquí. Revísela o cree otra.',
  ],
  signInNotLocal: [
    'The development key works on localhost only.',
    'La clé de développement ne fonctionne que sur localhost.',
    'La clave de desarrollo solo funciona en localhost.',
  ],
  signInScope: [
    'That key may neither read nor send. Use one that may.',
    'Cette clé ne permet ni de lire ni d’envoyer. Utilisez-en une autre.',
    'Esa clave no permite leer ni enviar. Use otra.',
  ],
  signOut: ['Sign out', 'Se déconnecter', 'Cerrar sesión'],
  signedInAs: ['Signed in as', 'Connecté avec', 'Sesión iniciada con'],
  needsScript: [
    'This page needs JavaScript.',
    'Cette page a besoin de JavaScript.',
    'Esta página necesita JavaScript.',
  ],
  // Pages
  menu: ['Menu', 'Menu', 'Menú'],
  inbox: ['Messages', 'Messages', 'Mensajes'],
  overview: ['Overview', 'Vue d’ensemble', 'Resumen'],
  optimizer: ['Fit a file', 'Ajuster un fichier', 'Ajustar un archivo'],
  simulator: ['Simulated phones', 'Téléphones simulés', 'Teléfonos simulados'],
  // The list
  conversations: ['Conversations', 'Conversations', 'Conversaciones'],
  search: ['Search', 'Rechercher', 'Buscar'],
  searchHint: ['Search names, numbers, words', 'Noms, numéros, mots', 'Nombres, números, palabras'],
  filters: ['Filters', 'Filtres', 'Filtros'],
  more: ['More', 'Plus', 'Más'],
  unread: ['Unread', 'Non lus', 'Sin leer'],
  failed: ['Failed', 'Échoués', 'Fallidos'],
  ourNumber: ['Our number', 'Notre numéro', 'Nuestro número'],
  allNumbers: ['All numbers', 'Tous les numéros', 'Todos los números'],
  fromDay: ['From', 'Du', 'Desde'],
  toDay: ['Until', 'Au', 'Hasta'],
  rangeToday: ['Today', 'Aujourd’hui', 'Hoy'],
  rangeYesterday: ['Yesterday', 'Hier', 'Ayer'],
  rangeWeek: ['7 days', '7 jours', '7 días'],
  rangeMonth: ['30 days', '30 jours', '30 días'],
  nothingFound: ['Nothing found.', 'Rien trouvé.', 'No se encontró nada.'],
  clearFilter: ['Show everything', 'Tout afficher', 'Mostrar todo'],
  noConversations: [
    'No conversations yet. Write the first message.',
    'Aucune conversation. Écrivez le premier message.',
    'Aún no hay conversaciones. Escriba el primer mensaje.',
  ],
  unreadMessages: [
    '{n} unread message|{n} unread messages',
    '{n} message non lu|{n} messages non lus',
    '{n} mensaje sin leer|{n} mensajes sin leer',
  ],
  notDelivered: ['Not delivered', 'Non remis', 'No entregado'],
  youSaid: ['You: {text}', 'Vous : {text}', 'Usted: {text}'],
  noText: ['No text', 'Sans texte', 'Sin texto'],
  aPicture: ['a picture', 'une photo', 'una foto'],
  pictures: ['A picture|{n} attachments', 'Une photo|{n} pièces jointes', 'Una foto|{n} adjuntos'],
  via: ['via {number}', 'par {number}', 'por {number}'],
  nobody: ['Nobody', 'Personne', 'Nadie'],
  and: [' and ', ' et ', ' y '],
  andMore: ['and {n} more|and {n} more', 'et {n} autre|et {n} autres', 'y {n} más|y {n} más'],
  polling: [
    'Not live: looking every few seconds.',
    'Pas en direct : vérification toutes les quelques secondes.',
    'Sin conexión directa: se consulta cada pocos segundos.',
  ],
  offline: [
    'No connection. What you write is kept.',
    'Pas de connexion. Ce que vous écrivez est conservé.',
    'Sin conexión. Lo que escribe se conserva.',
  ],
  wentWrong: [
    'Something went wrong. Try again.',
    'Quelque chose a échoué. Réessayez.',
    'Algo salió mal. Inténtelo de nuevo.',
  ],
  loading: ['Loading …', 'Chargement …', 'Cargando …'],
  // The thread
  today: ['Today', 'Aujourd’hui', 'Hoy'],
  yesterday: ['Yesterday', 'Hier', 'Ayer'],
  messages: ['Messages', 'Messages', 'Mensajes'],
  welcome: ['Pick a conversation', 'Choisissez une conversation', 'Elija una conversación'],
  welcomeHint: [
    'Or press N to write a new message, and / to search.',
    'Ou appuyez sur N pour écrire, et sur / pour chercher.',
    'O pulse N para escribir y / para buscar.',
  ],
  backToList: ['Back to the conversations', 'Retour aux conversations', 'Volver a las conversaciones'],
  people: ['{n} person|{n} people', '{n} personne|{n} personnes', '{n} persona|{n} personas'],
  newMessages: [
    '{n} new message|{n} new messages',
    '{n} nouveau message|{n} nouveaux messages',
    '{n} mensaje nuevo|{n} mensajes nuevos',
  ],
  newFrom: [
    'New message from {who}: {text}',
    'Nouveau message de {who} : {text}',
    'Mensaje nuevo de {who}: {text}',
  ],
  messageByYou: ['Your message', 'Votre message', 'Su mensaje'],
  messageBy: ['Message from {who}', 'Message de {who}', 'Mensaje de {who}'],
  messageTools: ['What to do with this message', 'Que faire de ce message', 'Qué hacer con este mensaje'],
  forward: ['Forward', 'Transférer', 'Reenviar'],
  details: ['Details', 'Détails', 'Detalles'],
  deleteMessage: ['Delete message', 'Supprimer le message', 'Eliminar mensaje'],
  deleteConversation: ['Delete conversation', 'Supprimer la conversation', 'Eliminar conversación'],
  messageDeleted: ['Message deleted', 'Message supprimé', 'Mensaje eliminado'],
  conversationDeleted: ['Conversation deleted', 'Conversation supprimée', 'Conversación eliminada'],
  undo: ['Undo', 'Annuler', 'Deshacer'],
  sendAgain: ['Send again', 'Renvoyer', 'Enviar otra vez'],
  partPending: ['The attachment is on its way …', 'La pièce jointe arrive …', 'El adjunto está en camino …'],
  partGone: [
    '{name} is not available any more',
    '{name} n’est plus disponible',
    '{name} ya no está disponible',
  ],
  partBlocked: [
    'An attachment ({type}) was blocked',
    'Une pièce jointe ({type}) a été bloquée',
    'Se bloqueó un adjunto ({type})',
  ],
  showStranger: [
    'From an unknown sender. Show',
    'D’un expéditeur inconnu. Afficher',
    'De un remitente desconocido. Mostrar',
  ],
  openPicture: ['Look at {name}', 'Voir {name}', 'Ver {name}'],
  animation: ['Animation', 'Animation', 'Animación'],
  stopMotion: ['Stop the animation', 'Arrêter l’animation', 'Detener la animación'],
  startMotion: ['Play the animation', 'Lire l’animation', 'Reproducir la animación'],
  slideshow: ['slideshow', 'diaporama', 'presentación'],
  pictureOf: ['Picture {n} of {all}', 'Photo {n} sur {all}', 'Foto {n} de {all}'],
  previousPicture: ['Previous picture', 'Photo précédente', 'Foto anterior'],
  nextPicture: ['Next picture', 'Photo suivante', 'Foto siguiente'],
  saveFile: ['Save', 'Enregistrer', 'Guardar'],
  close: ['Close', 'Fermer', 'Cerrar'],
  contactCard: ['Contact', 'Contact', 'Contacto'],
  // How a message stands
  stateAccepted: ['Waiting its turn', 'En attente', 'En espera'],
  statePreparing: ['Preparing', 'Préparation', 'Preparando'],
  stateSubmitted: ['Sent', 'Envoyé', 'Enviado'],
  stateHandedOff: ['Handed over', 'Transmis', 'Transmitido'],
  stateCarrier: ['Delivered to the network', 'Remis au réseau', 'Entregado a la red'],
  stateHandset: ['Delivered to the phone', 'Remis au téléphone', 'Entregado al teléfono'],
  stateUnconfirmed: ['Sent, no report came', 'Envoyé, sans accusé', 'Enviado, sin confirmación'],
  stateFailed: ['Not delivered', 'Non remis', 'No entregado'],
  stateExpired: ['Expired', 'Expiré', 'Caducado'],
  stateCanceled: ['Canceled', 'Annulé', 'Cancelado'],
  stateReceived: ['Received', 'Reçu', 'Recibido'],
  stateFailedWhy: ['No reason was given.', 'Aucune raison n’a été donnée.', 'No se dio ninguna razón.'],
  arrivedOf: ['{n} of {all} phones', '{n} téléphones sur {all}', '{n} de {all} teléfonos'],
  maybeTwice: ['may have arrived twice', 'peut être arrivé deux fois', 'puede haber llegado dos veces'],
  // Writing
  newMessage: ['New message', 'Nouveau message', 'Mensaje nuevo'],
  composer: ['Write a message', 'Écrire un message', 'Escribir un mensaje'],
  from: ['From', 'De', 'De'],
  to: ['To', 'À', 'Para'],
  toHint: ['Name or number', 'Nom ou numéro', 'Nombre o número'],
  toMore: ['Add to the group', 'Ajouter au groupe', 'Añadir al grupo'],
  suggestions: ['Suggestions', 'Suggestions', 'Sugerencias'],
  removeRecipient: ['Remove {who}', 'Retirer {who}', 'Quitar a {who}'],
  canBoth: ['text and pictures', 'texte et photos', 'texto y fotos'],
  canMms: ['pictures only', 'photos seulement', 'solo fotos'],
  canSms: ['text only', 'texte seulement', 'solo texto'],
  text: ['Text', 'Texte', 'Texto'],
  writeHere: ['Write a message', 'Écrivez un message', 'Escriba un mensaje'],
  send: ['Send', 'Envoyer', 'Enviar'],
  attach: ['Attach files', 'Joindre des fichiers', 'Adjuntar archivos'],
  attachHint: [
    'Attach files: up to {most}, also by dragging or pasting',
    'Joindre des fichiers : jusqu’à {most}, aussi en les glissant ou collant',
    'Adjuntar archivos: hasta {most}, también arrastrando o pegando',
  ],
  takePicture: ['Take a picture', 'Prendre une photo', 'Tomar una foto'],
  dropHere: ['Drop to attach', 'Déposez pour joindre', 'Suelte para adjuntar'],
  attachments: [
    'Attachments, as the recipient will get them',
    'Pièces jointes, telles que reçues',
    'Adjuntos, tal como llegarán',
  ],
  fileOf: ['{name}, {n} of {all}', '{name}, {n} sur {all}', '{name}, {n} de {all}'],
  removeFile: ['Remove {name}', 'Retirer {name}', 'Quitar {name}'],
  moveBack: ['Move {name} back', 'Avancer {name}', 'Mover {name} atrás'],
  moveOn: ['Move {name} on', 'Reculer {name}', 'Mover {name} adelante'],
  uploading: ['Uploading', 'Téléversement', 'Subiendo'],
  fitting: ['Fitting', 'Ajustement', 'Ajustando'],
  tryAgain: ['Try again', 'Réessayer', 'Reintentar'],
  addAlt: ['Describe', 'Décrire', 'Describir'],
  altText: ['What it shows', 'Ce qu’on voit', 'Qué muestra'],
  altTextOf: ['What {name} shows', 'Ce que montre {name}', 'Qué muestra {name}'],
  tooManyFiles: [
    'A message carries {most} files. {left} were left out: send them in a second message.',
    'Un message porte {most} fichiers. {left} ont été laissés : envoyez-les dans un second message.',
    'Un mensaje lleva {most} archivos. Se dejaron {left}: envíelos en un segundo mensaje.',
  ],
  budget: ['How full the message is', 'Remplissage du message', 'Qué tan lleno está el mensaje'],
  budgetOf: ['{used} of {budget}', '{used} sur {budget}', '{used} de {budget}'],
  segments: ['{n} segment|{n} segments', '{n} segment|{n} segments', '{n} segmento|{n} segmentos'],
  letters: ['{n} character|{n} characters', '{n} caractère|{n} caractères', '{n} carácter|{n} caracteres'],
  costly: [
    '“{letter}” makes each segment shorter: 70 characters instead of 160.',
    '« {letter} » raccourcit chaque segment : 70 caractères au lieu de 160.',
    '«{letter}» acorta cada segmento: 70 caracteres en vez de 160.',
  ],
  smsHint: ['Goes as a text message', 'Part comme SMS', 'Sale como SMS'],
  mmsHint: ['Goes as a picture message', 'Part comme MMS', 'Sale como MMS'],
  checking: ['Checking …', 'Vérification …', 'Comprobando …'],
  sentWords: ['Message sent', 'Message envoyé', 'Mensaje enviado'],
  // Why a message may not be sent
  cannotSendScope: [
    'This key may read, not send. Sign in with another.',
    'Cette clé permet de lire, pas d’envoyer. Utilisez-en une autre.',
    'Esta clave permite leer, no enviar. Use otra.',
  ],
  noNumber: [
    'The account has no number to send from.',
    'Le compte n’a pas de numéro d’envoi.',
    'La cuenta no tiene un número para enviar.',
  ],
  needRecipient: ['Say to whom it goes.', 'Indiquez le destinataire.', 'Indique el destinatario.'],
  needContent: [
    'Write something, or attach a file.',
    'Écrivez ou joignez un fichier.',
    'Escriba algo o adjunte un archivo.',
  ],
  notANumber: [
    '“{typed}” is no phone number. Write it as (416) 555-0123.',
    '« {typed} » n’est pas un numéro. Écrivez (416) 555-0123.',
    '«{typed}» no es un número. Escríbalo como (416) 555-0123.',
  ],
  outsideArea: [
    '{number} is outside the US and Canada, where messages do not go.',
    '{number} est hors des États-Unis et du Canada.',
    '{number} está fuera de EE. UU. y Canadá.',
  ],
  ownRecipient: [
    '{number} is a number of yours. Choose somebody else.',
    '{number} est à vous. Choisissez quelqu’un d’autre.',
    '{number} es suyo. Elija a otra persona.',
  ],
  withoutMms: [
    '{number} sends no pictures. Choose another number, or send text alone.',
    '{number} n’envoie pas de photos. Choisissez un autre numéro, ou du texte seul.',
    '{number} no envía fotos. Elija otro número o envíe solo texto.',
  ],
  withoutSms: [
    '{number} sends no plain text. Choose another number.',
    '{number} n’envoie pas de SMS. Choisissez un autre numéro.',
    '{number} no envía SMS. Elija otro número.',
  ],
  fileFailed: [
    '{name} cannot be sent. Remove it or try again.',
    '{name} ne peut pas partir. Retirez-le ou réessayez.',
    '{name} no se puede enviar. Quítelo o reintente.',
  ],
  stillUploading: [
    'Wait for the files to be uploaded.',
    'Attendez la fin du téléversement.',
    'Espere a que suban los archivos.',
  ],
  error_trial_account: [
    'Accounts on trial send no messages.',
    'Les comptes d’essai n’envoient pas de messages.',
    'Las cuentas de prueba no envían mensajes.',
  ],
  error_credit_exhausted: [
    'There is no credit left for this message.',
    'Il n’y a plus de crédit pour ce message.',
    'No queda crédito para este mensaje.',
  ],
  error_recipient_without_mms: [
    'This phone takes no picture messages. Send text alone.',
    'Ce téléphone ne prend pas de photos. Envoyez du texte seul.',
    'Este teléfono no recibe fotos. Envíe solo texto.',
  ],
  error_opted_out: [
    'The recipient does not want messages any more.',
    'Le destinataire ne veut plus de messages.',
    'El destinatario no quiere más mensajes.',
  ],
  // Beside the thread
  members: ['People', 'Personnes', 'Personas'],
  nameOf: ['Name of {who}', 'Nom de {who}', 'Nombre de {who}'],
  openHandset: ['Look at this phone', 'Voir ce téléphone', 'Ver este teléfono'],
  pictureTitle: ['Pictures', 'Photos', 'Fotos'],
  aboutMessage: ['This message', 'Ce message', 'Este mensaje'],
  state: ['State', 'État', 'Estado'],
  why: ['Why', 'Raison', 'Por qué'],
  vendorSays: ['The carrier says', 'L’opérateur dit', 'El operador dice'],
  size: ['Size', 'Taille', 'Tamaño'],
} as const satisfies { readonly [key: string]: readonly [string, string, string] }

/** The name of a sentence. */
export type StringKey = keyof typeof SENTENCES
/** All sentences in one language. */
export type Strings = { readonly [K in StringKey]: string }

/** Every sentence in a language. */
export function stringsOf(language: Language): Strings {
  const column = LANGUAGES.indexOf(language)
  return Object.fromEntries(
    Object.entries(SENTENCES).map(([key, columns]) => [key, columns[column] ?? columns[0]]),
  ) as Strings
}
