import { expect } from 'chai';
import Joi from 'joi';
import { maskCardNumbers } from '../../server/features/requests/card-numbers.ts';
import { groundsFor, refusalGrounds } from '../../server/features/requests/grounds.ts';
import { newReference, readReference } from '../../server/features/requests/reference.ts';
import { asked as askedFields, newRequest } from '../../server/features/requests/schema.ts';
import {
  canMove,
  groupOf,
  moves,
  requestStates,
  type MoveName,
} from '../../server/features/requests/states.ts';
import { typedRequest } from '../support/requests.ts';

describe('Moves of a request', () => {
  const allowed: [MoveName, string][] = [
    ['verify', 'unverified'],
    ['expire', 'unverified'],
    ['disown', 'unverified new in-progress'],
    ['authorise', 'unverified'],
    ['reject-agent', 'unverified'],
    ['vouch', 'unverified'],
    ['withdraw', 'new in-progress'],
    ['revoke', 'unverified new in-progress'],
    ['give-up', 'new in-progress'],
    ['reopen', 'not-verifiable'],
    ['honour', 'new in-progress'],
    ['assign', 'new in-progress'],
    ['extend', 'new in-progress'],
    ['adopt-rules', 'new in-progress'],
    ['refuse', 'new in-progress'],
    ['refuse-unproved', 'new in-progress'],
    ['fulfil', 'new'],
    ['confirm', 'new in-progress'],
    ['forward', 'new in-progress'],
    ['complete', 'new in-progress'],
  ];

  it('are these, and no others', () => {
    expect(allowed.map(([name]) => name)).to.have.members(Object.keys(moves));
    for (const [name, from] of allowed) {
      const possible = requestStates.filter((state) => canMove(name, state, moves[name].by));
      expect(possible.join(' '), name).to.equal(from);
    }
  });

  it('are each made by one kind of actor', () => {
    for (const name of Object.keys(moves) as MoveName[]) {
      const others = (['staff', 'subject', 'visitor', 'system'] as const).filter(
        (kind) => kind !== moves[name].by,
      );
      for (const kind of others) expect(canMove(name, 'new', kind), name).to.equal(false);
    }
  });

  it('never lead out of a closed state, but for a proof that came late', () => {
    for (const state of requestStates.filter((one) => groupOf(one) === 'closed')) {
      for (const [name, { by }] of Object.entries(moves)) {
        const isLateProof = name === 'reopen' && state === 'not-verifiable';
        const isPossible = canMove(name as MoveName, state, by);
        expect(isPossible, `${name} from ${state}`).to.equal(isLateProof);
      }
    }
  });
});

describe('References', () => {
  it('notice every single wrong sign and every swap of neighbours', () => {
    const signs = Array.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ');
    const plain = newReference().replaceAll('-', '');
    for (let at = 0; at < plain.length; at += 1) {
      for (const sign of signs.filter((one) => one !== plain[at])) {
        expect(readReference(plain.slice(0, at) + sign + plain.slice(at + 1))).to.equal(null);
      }
      const [a = '', b = ''] = plain.slice(at, at + 2);
      if (b !== '' && a !== b) {
        expect(readReference(plain.slice(0, at) + b + a + plain.slice(at + 2))).to.equal(null);
      }
    }
  });

  it('are read as people type them', () => {
    const reference = newReference();
    const [a = '', b = '', c = ''] = reference.split('-');
    for (const typed of [`${a}${b}${c}`, ` ${a} ${b} ${c} `, `${a}–${b}–${c}`.toLowerCase()]) {
      expect(readReference(typed)).to.equal(reference);
    }
  });

  it('are never read from anything else', () => {
    for (const typed of ['', '7K3M', 'UUUU-UUUU-U', '7K3M-9QXT-22', '{"$gt":""}', '７K3M-9QXT-2']) {
      expect(readReference(typed), typed).to.equal(null);
    }
  });
});

describe('Card numbers in free text', () => {
  const cases: [string, string][] = [
    ['4242424242424242', '••••••••••••4242'],
    ['card 4242 4242 4242 4242.', 'card ••••••••••••4242.'],
    ['5555-5555-5555-4444', '••••••••••••4444'],
    ['Amex 3782 822463 10005', 'Amex •••••••••••0005'],
    ['12 4242 4242 4242 4242 and 4000056655665556', '12 ••••••••••••4242 and ••••••••••••5556'],
    ['2223 0031 2200 3222', '••••••••••••3222'],
  ];
  for (const [text, masked] of cases) {
    it(`are masked: ${text}`, () => {
      expect(maskCardNumbers(text)).to.equal(masked);
    });
  }

  const others = [
    'order 4242424242424241',
    'DE89370400440532013000',
    'call +49 30 901820',
    'invoice 2026-11-22-000417',
    'id a4242424242424242',
    '1234567890',
  ];
  for (const text of others) {
    it(`are not seen in ${text}`, () => {
      expect(maskCardNumbers(text)).to.equal(text);
    });
  }
});

describe('Grounds of refusal', () => {
  it('fit the right and the law', () => {
    const objection = { right: 'objection', regimes: ['gdpr'], needsProof: true } as const;
    expect(groundsFor(objection)).to.include.members(['compelling-grounds', 'excessive']);
    expect(groundsFor(objection)).not.to.include('rights-of-others');
    const health = { right: 'access', regimes: ['hipaa'], needsProof: true } as const;
    expect(groundsFor(health)).not.to.include('excessive');
    expect(groundsFor(health)).to.include('rights-of-others');
  });

  it('each have a code of their own', () => {
    const codes = refusalGrounds.map(({ code }) => code);
    expect(new Set(codes).size).to.equal(codes.length);
  });
});

describe('The form of a request', () => {
  it('takes a State or province where laws differ by it, and there always', () => {
    const asked = { right: 'access', country: 'DE', state: '', dataClass: '' };
    expect(Joi.object(askedFields).validate(asked).value).to.deep.equal({
      right: 'access',
      country: 'DE',
      state: null,
      dataClass: 'ordinary',
      relation: 'own',
    });
    const chosenBefore = Joi.object(askedFields).validate({ ...asked, state: 'CA' });
    expect(chosenBefore.value).to.include({ state: null });
    expect(
      Joi.object(askedFields).validate({ ...asked, country: 'US' }).error?.details[0]?.path,
    ).to.deep.equal(['state']);
    expect(
      Joi.object(askedFields).validate({ ...asked, country: 'US', state: 'CA' }).value,
    ).to.include({
      state: 'CA',
    });
    const { error } = Joi.object(askedFields).validate({ ...asked, country: 'CA', state: 'CA' });
    expect(error?.details[0]?.path).to.deep.equal(['state']);
    expect(
      Joi.object(askedFields).validate({ ...asked, country: 'CA', state: 'QC' }).value,
    ).to.include({
      state: 'QC',
    });
  });

  it('refuses what is no text, no address, no key, or too much', () => {
    const wrong: [string, unknown][] = [
      ['name', { $gt: '' }],
      ['name', 'Ada\nBcc: all@person.test'],
      ['name', 'A\u0000da'],
      ['email', 'not an address'],
      ['email', 'a@b.test\r\nBcc: c@d.test'],
      ['formKey', '1'],
      ['right', 'everything'],
      ['country', 'ZZ'],
      ['details', 'x'.repeat(10_001)],
      ['details', '\uD800'],
      ['surprise', 1],
    ];
    for (const [field, value] of wrong) {
      const { error } = newRequest.validate({ ...typedRequest(), [field]: value });
      expect(error?.details[0]?.path, `${field}: ${JSON.stringify(value)}`).to.deep.equal([field]);
    }
  });
});
