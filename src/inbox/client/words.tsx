/** Addresses of the web in a text. What follows a sentence is not part of one. */
const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/g

/** Text as somebody wrote it, its links made to be followed. It never becomes markup. */
export function Words({ text }: { text: string }) {
  const pieces: (string | { readonly url: string })[] = []
  let end = 0
  for (const match of text.matchAll(LINK)) {
    if (!URL.canParse(match[0])) continue
    pieces.push(text.slice(end, match.index), { url: match[0] })
    end = match.index + match[0].length
  }
  pieces.push(text.slice(end))
  return (
    <p class="words" dir="auto">
      {pieces.map((piece, index) =>
        typeof piece === 'string' ? (
          piece
        ) : (
          <a key={index} href={piece.url} target="_blank" rel="noopener noreferrer nofollow">
            {piece.url}
          </a>
        ),
      )}
    </p>
  )
}
