import type { Types } from 'mongoose';
import { confirmAgent, answerPermission } from '../../server/features/agents/mandates.ts';
import { mandateUrl } from '../../server/features/agents/links.ts';
import { agentRequest, permission } from '../../server/features/agents/schema.ts';
import { fileByAgent } from '../../server/features/agents/service.ts';
import { addDays, localDay } from '../../server/deadlines/days.ts';
import { entry } from '../../server/features/requests/entry-schema.ts';
import { enterRequest } from '../../server/features/requests/entry.ts';
import { honourSignal } from '../../server/features/requests/gpc.ts';
import { fileRequest, submitRequest } from '../../server/features/requests/intake.ts';
import { newRequest } from '../../server/features/requests/schema.ts';
import { languageOf } from '../../server/language.ts';
import { checked } from './checked.ts';
import type { Office } from './office.ts';
import type { Story, Way } from './story.ts';

interface Filed {
  reference: string;
  mandateId?: Types.ObjectId;
}

function wishOf({ formKey, right, origin, person, details, answers, held }: Story) {
  const { country, state, dataClass } = origin;
  const place = { country, state: state ?? '', dataClass };
  return { formKey, right, ...place, ...held, ...person, details, answers };
}

/** Staff write down what reached them, some of it days ago. */
async function enter({ officer }: Office, story: Story, way: Way & { by: 'staff' }) {
  const { timeZone } = officer.organization;
  const { channel, daysLate } = way;
  const receivedOn = addDays(localDay(new Date(), timeZone), -daysLate);
  const lateReason = daysLate === 0 ? '' : 'passed-on-late';
  const check = channel === 'in-person' ? { level: 3, method: 'document-seen' } : {};
  const letter = channel === 'post' ? { email: '', post: '4 Invented Mews, Nowhere-on-Sea' } : {};
  const entered = { ...wishOf(story), ...letter, channel, receivedOn, lateReason, ...check };
  return enterRequest(officer, checked(entry, { ...entered, language: story.language }));
}

/** Brings the request of a story in, the way that it came. */
export async function bringIn(office: Office, story: Story): Promise<Filed> {
  const { organization, organizationId } = office.administrator;
  const { way, language, person } = story;
  switch (way?.by) {
    case 'staff':
      return enter(office, story, way);
    case 'agent': {
      const asked = { ...wishOf(story), ...way.agent, basis: 'signed-permission' };
      return fileByAgent(organization, checked(agentRequest, asked), {
        actor: { kind: 'visitor', id: null, organizationId },
        language,
        document: null,
        directoryId: null,
      });
    }
    case 'signed-in':
      return fileRequest(organization, checked(newRequest, wishOf(story)), {
        actor: { kind: 'subject', id: null, organizationId },
        channel: 'signed-in',
        language,
        receivedAt: new Date(),
        proof: { level: 2, method: 'signed-in' },
      });
    case 'gpc':
      return honourSignal(organization, person, languageOf(language));
    case undefined:
      return submitRequest(organization, checked(newRequest, wishOf(story)), language);
  }
}

/** The agent and the person follow the links in their mails, and both say yes. */
export async function permitAgent({ administrator }: Office, mandateId: Types.ObjectId) {
  const { organization } = administrator;
  const tokenFor = (holder: 'agent' | 'person') =>
    mandateUrl(organization, holder, mandateId).split('/').at(-1) ?? '';
  await confirmAgent(organization, tokenFor('agent'));
  const yes = checked(permission, { answer: 'yes' });
  await answerPermission(organization, tokenFor('person'), yes);
}
