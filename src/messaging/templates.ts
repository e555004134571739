import type { Failure } from '../domain/failure.ts'
import { mintId } from '../domain/ids.ts'
import type { Caller, Clock, Page } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { type RichContent, refuseOffers, renderRich } from '../domain/rich.ts'
import type { Template, TemplateStore } from '../domain/template.ts'
import { forbidden, lacks } from './scopes.ts'

/** Templates of one account. */
const MOST_TEMPLATES = 1_000

/** A template as it is asked for. */
export type TemplateRequest = Pick<Template, 'name' | 'content' | 'defaults'>

/** Templates as the API sees them. */
export interface Templates {
  page(
    caller: Caller,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<Template>, Failure>>
  find(caller: Caller, id: string): Promise<Result<Template, Failure>>
  /** Makes a template, or replaces the one with this id; what was sent from it stays as it was. */
  put(caller: Caller, id: string | null, request: TemplateRequest): Promise<Result<Template, Failure>>
  remove(caller: Caller, id: string): Promise<Result<void, Failure>>
}

/** Builds them. Reading takes the scope `read`, writing `send`: a template says no more than a message could. */
export function createTemplates(ports: {
  readonly templates: TemplateStore
  readonly clock: Clock
}): Templates {
  const unknown = fail({ code: 'not_found', what: 'template' } as const)
  return {
    async page(caller, page) {
      return lacks(caller, 'read') ? forbidden('read') : await ports.templates.page(caller.account, page)
    },
    async find(caller, id) {
      if (lacks(caller, 'read')) return forbidden('read')
      const template = await ports.templates.find(caller.account, id)
      return template === null ? unknown : ok(template)
    },
    async put(caller, id, request) {
      if (lacks(caller, 'send')) return forbidden('send')
      const refusal = refuse(request.content)
      if (refusal !== null) return fail({ code: 'invalid_field', field: 'content', problem: refusal })
      const before = id === null ? null : await ports.templates.find(caller.account, id)
      if (id !== null && before === null) return unknown
      const now = ports.clock.now()
      const template: Template = {
        ...request,
        id: id ?? mintId('tpl', now),
        createdAt: before?.createdAt ?? now,
        updatedAt: now,
      }
      return (await ports.templates.put(caller.account, template, MOST_TEMPLATES))
        ? ok(template)
        : fail({
            code: 'invalid_field',
            field: 'name',
            problem: `An account has at most ${MOST_TEMPLATES} templates. Delete one first.`,
          })
    },
    async remove(caller, id) {
      if (lacks(caller, 'send')) return forbidden('send')
      return (await ports.templates.remove(caller.account, id)) ? ok(undefined) : unknown
    },
  }
}

/** Titles without variables are judged at once; the others when they are filled in. */
const refuse = (content: RichContent): string | null =>
  refuseOffers(renderRich(content, false).offers.filter((offer) => !offer.title.includes('{{')))
