import type { MessageView } from './network-api.ts'
import { readableBytes, readableNumber, Time } from './page-layout.tsx'

function Parts({ message, partHref }: { message: MessageView; partHref: (index: number) => string }) {
  const { facts, reception } = message
  return (
    <div class="scroll">
      <h3>Parts, as they came</h3>
      <table>
        <thead>
          <tr>
            <th>Part</th>
            <th>Type</th>
            <th>Bytes</th>
            <th>Pixels</th>
            <th>SHA-256</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {facts.parts.map((part, index) => (
            <tr>
              <td>
                <a href={partHref(index)}>{part.name ?? `part ${index}`}</a>
              </td>
              <td>
                {part.type}
                {part.found !== null && part.found !== part.type && ` (bytes: ${part.found})`}
              </td>
              <td class="num">{part.bytes.toLocaleString('en-US')}</td>
              <td class="num">{part.width === null ? '' : `${part.width}x${part.height}`}</td>
              <td class="mono" title={part.sha256}>
                {part.sha256.slice(0, 12)}
              </td>
              <td>
                {reception?.drops[index] != null && <span class="tag bad">{reception.drops[index]}</span>}
                {facts.unreferenced.includes(index) && <span class="tag bad">in no slide</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Webhooks({ message }: { message: MessageView }) {
  return (
    <div class="scroll">
      <h3>Webhooks</h3>
      <table>
        <tbody>
          {message.webhooks.map(({ event, attempts, answer, deliveredAt, due }) => (
            <tr>
              <td>
                <Time at={event.at} />
              </td>
              <td>
                {event.type === 'message.status'
                  ? `${event.state}${event.certainty === null ? '' : `, ${event.certainty}`}${
                      event.code === null ? '' : `, ${event.code}`
                    }`
                  : 'message received'}
              </td>
              <td>{event.type === 'message.status' ? readableNumber(event.recipient) : ''}</td>
              <td>
                {deliveredAt !== null ? (
                  <span class="tag good">
                    taken with {answer}
                    {attempts > 1 && `, attempt ${attempts}`}
                  </span>
                ) : (
                  <span class="tag bad">
                    {attempts === 0
                      ? 'due '
                      : `${answer === 0 ? 'no answer' : answer} at attempt ${attempts}, again `}
                    <Time at={due} />
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** One message as it came over the wire: headers, parts, presentation, webhooks. */
export function MessageInspector(props: {
  message: MessageView
  partHref: (index: number) => string
  rawHref: string
}) {
  const { message, partHref, rawHref } = props
  const { facts } = message
  const outcome = message.reception?.outcome
  return (
    <details class="message" id={`m-${message.id}`} data-watch>
      <summary>
        <Time at={message.at} />
        <span>{message.direction === 'outbound' ? 'from the gateway' : 'from a phone'}</span>
        <span class="tag">{message.channel.toUpperCase()}</span>
        <span class="num">{readableBytes(facts.bytes)}</span>
        {outcome !== undefined && (
          <span class={`tag ${outcome === 'delivered' ? 'good' : 'bad'}`}>{outcome}</span>
        )}
        {message.seen > 1 && <span class="tag bad">seen {message.seen} times</span>}
      </summary>
      <div>
        {message.reference !== null && <span class="mono dim">{message.reference}</span>}
        {facts.parts.length > 0 && (
          <>
            <Parts message={message} partHref={partHref} />
            <div>
              <h3>Headers</h3>
              <pre>{facts.headers.map(([name, value]) => `${name}: ${value}\n`)}</pre>
            </div>
            <div>
              <h3>Headers of the parts</h3>
              <pre>
                {facts.parts.map(
                  (part) => `${part.headers.map(([name, value]) => `${name}: ${value}\n`).join('')}\n`,
                )}
              </pre>
            </div>
            <div>
              <h3>Presentation</h3>
              <pre>{facts.smil}</pre>
            </div>
            <p>
              <a href={rawHref}>The whole message, as it came</a>
            </p>
          </>
        )}
        <Webhooks message={message} />
      </div>
    </details>
  )
}
