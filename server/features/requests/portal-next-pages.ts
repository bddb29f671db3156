import { publicPage, type Answer, type Call, type Door } from '../../http/doors.ts';
import { Problem } from '../../problem.ts';
import { addStatement } from './answer-items.ts';
import { fileAppeal } from './appeals.ts';
import { confirmDeletion } from './confirmation.ts';
import {
  actInside,
  enter,
  entrance,
  inside,
  ofRequest,
  visitOf,
  type OfRequest,
} from './portal-pages.ts';
import { newMessage, versioned, type NewMessage, type Versioned } from './schema.ts';

const PATH = '/privacy/:organization/requests/:reference';

type Nothing = Record<string, never>;

async function sendAppeal(call: Call<OfRequest, unknown, NewMessage>): Promise<Answer> {
  const visit = await visitOf(call);
  if (!visit.inside) {
    return { ...entrance(call, visit, { kept: call.body.text, ended: true }), status: 401 };
  }
  try {
    const entry = await fileAppeal(visit.inside.person, call.body);
    return { ...enter(visit.organization, entry), flash: 'outcomes.flash.appealed' };
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 409) throw error;
    return { ...inside(call, visit, visit.inside.view, { conflict: true }), status: 409 };
  }
}

/** Shows the page again with a sentence at the form that was left empty. */
const again =
  (form: 'appeal' | 'statement') =>
  async (call: Call<OfRequest, unknown, unknown>): Promise<Answer> => {
    const visit = await visitOf(call);
    if (!visit.inside) return entrance(call, visit);
    const errors = { [form]: call.language.t('privacy.error.text') };
    return inside(call, visit, visit.inside.view, { errors });
  };

/** What a person may do about the answer, or before it. */
export const portalNextPages: Door[] = [
  publicPage<OfRequest, Nothing, Versioned>({
    method: 'post',
    path: `${PATH}/confirm-deletion`,
    params: ofRequest,
    body: versioned,
    act: (call) =>
      actInside(call, undefined, 'outcomes.flash.confirmed', (person) =>
        confirmDeletion(person, call.body),
      ),
  }),
  publicPage<OfRequest, Nothing, NewMessage>({
    method: 'post',
    path: `${PATH}/appeal`,
    params: ofRequest,
    body: newMessage,
    limit: 'form',
    act: sendAppeal,
    onInvalid: again('appeal'),
  }),
  publicPage<OfRequest, Nothing, NewMessage>({
    method: 'post',
    path: `${PATH}/statement`,
    params: ofRequest,
    body: newMessage,
    limit: 'form',
    act: (call) =>
      actInside(call, call.body.text, 'outcomes.flash.stated', (person) =>
        addStatement(person, call.body),
      ),
    onInvalid: again('statement'),
  }),
];
