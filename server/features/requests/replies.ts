import Joi from 'joi';
import { regimeIds } from '../../../config/regimes.ts';
import { answerItemKinds, outcomeKinds } from '../../../config/right-catalogue.ts';
import { channelIds, controllerRoles, dataClasses, rightIds } from '../../../config/rights.ts';
import { deadlinesReply } from '../explain/service.ts';
import { extensionReasons, refusalGroundCodes } from './grounds.ts';
import { nextSteps } from './next-step.ts';
import { requestStates } from './states.ts';

/** What the JSON doors answer with. */
const required = (members: Joi.SchemaMap) => Joi.object(members).options({ presence: 'required' });

const id = Joi.string().hex().length(24);
const moment = Joi.string().isoDate();
const day = Joi.string().pattern(/^\d{4}-\d{2}-\d{2}$/u);
const anyText = Joi.string().allow('');
const count = Joi.number().integer();
const oneOf = (values: readonly string[]) => Joi.string().valid(...values);

const nextStep = Joi.object({
  code: oneOf(nextSteps).required(),
  by: oneOf(['person', 'staff', 'nobody']).required(),
  level: count,
});

const shared = {
  id,
  reference: Joi.string(),
  right: oneOf(rightIds),
  regimes: Joi.array().items(oneOf(regimeIds)),
  dataClass: oneOf(dataClasses),
  state: oneOf(requestStates),
  receivedAt: moment,
  closedAt: moment.allow(null),
  assigneeId: id.allow(null),
};

export const queueReply = required({
  rows: Joi.array().items(
    required({
      ...shared,
      version: count,
      name: anyText.allow(null),
      channel: oneOf(channelIds),
      outcome: oneOf(outcomeKinds).allow(null),
      nextStep,
      tags: Joi.array().items(Joi.string()),
      dueOn: day,
      daysLeft: count,
      isOverdue: Joi.boolean(),
      isExtended: Joi.boolean(),
    }),
  ),
  next: Joi.string().allow(null),
  previous: Joi.string().allow(null),
  isCutShort: Joi.boolean(),
});

export const standingReply = required({
  id,
  reference: Joi.string(),
  state: oneOf(requestStates),
  version: count,
});

export const requestReply = required({
  ...shared,
  version: count,
  verifiedAt: moment.allow(null),
  acknowledgedAt: moment.allow(null),
  name: anyText,
  email: anyText,
  phone: anyText,
  post: anyText,
  residence: required({ country: Joi.string(), state: Joi.string().allow(null) }),
  details: anyText,
  answers: Joi.object().pattern(Joi.string(), Joi.string().allow('')),
  language: Joi.string(),
  channel: Joi.string(),
  tags: Joi.array().items(Joi.string()),
  nextStep,
  needsProof: Joi.boolean(),
  needsPermission: Joi.boolean(),
  requiredLevel: count,
  provenLevel: count,
  role: oneOf(controllerRoles),
  agreementId: id.allow(null),
  deadlines: deadlinesReply,
  pauses: Joi.array().items(
    required({
      kind: oneOf(['identity', 'clarification']),
      askedAt: moment,
      answeredAt: moment.allow(null),
    }),
  ),
  extension: required({ at: moment, reason: oneOf(extensionReasons), text: anyText }).allow(null),
  outcome: required({
    at: moment,
    kind: oneOf(outcomeKinds),
    ground: oneOf(refusalGroundCodes).allow(null),
    result: Joi.string().allow(null),
    text: anyText,
  }).allow(null),
  lifting: required({ at: moment, liftsOn: day, text: anyText }).allow(null),
  confirmedAt: moment.allow(null),
  items: Joi.array().items(
    required({
      id,
      kind: oneOf(answerItemKinds),
      at: moment,
      fields: Joi.object().pattern(Joi.string(), anyText),
    }),
  ),
  files: Joi.array().items(required({ id, name: Joi.string(), type: Joi.string(), size: count })),
  can: required({
    assign: Joi.boolean(),
    message: Joi.boolean(),
    note: Joi.boolean(),
    extend: Joi.boolean(),
    forward: Joi.boolean(),
    adopt: Joi.boolean(),
    refuse: Joi.boolean(),
    complete: Joi.boolean(),
    item: Joi.boolean(),
    lift: Joi.boolean(),
  }),
  shorter: required({ due: day, rules: Joi.array().items(Joi.string()) }).allow(null),
  whyNotExtend: oneOf(['state', 'not-provided', 'already-extended', 'too-late']).allow(null),
  awaitsConfirmation: Joi.boolean(),
  hasPackage: Joi.boolean(),
  itemKinds: Joi.array().items(oneOf(answerItemKinds)),
  grounds: Joi.array().items(oneOf(refusalGroundCodes)),
  messages: Joi.array().items(
    required({
      id,
      kind: oneOf(['person', 'staff']),
      at: moment,
      authorId: id.allow(null),
      text: anyText,
    }),
  ),
  notes: Joi.array().items(required({ id, at: moment, noteBy: id, note: anyText })),
});
