import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { Types } from 'mongoose';
import {
  blindIndex,
  keyIdOf,
  seal,
  SealBroken,
  sealJson,
  unseal,
  unsealJson,
} from '../../server/security/encryption.ts';

const aKey = () => ({ id: new Types.ObjectId(), secret: randomBytes(32) });
const place = { collection: 'requests', row: '000000000000000000000001', field: 'sealed' };

describe('Sealed fields', () => {
  it('open again to exactly what was sealed', () => {
    const key = aKey();
    fc.assert(
      fc.property(fc.uint8Array(), (plain) => {
        expect(unseal(key, place, seal(key, place, plain))).to.deep.equal(Buffer.from(plain));
      }),
    );
    expect(unsealJson(key, place, sealJson(key, place, { name: 'Ä' }))).to.deep.equal({
      name: 'Ä',
    });
  });

  it('carry the id of their key, and never repeat', () => {
    const key = aKey();
    const [one, other] = [
      seal(key, place, Buffer.from('same')),
      seal(key, place, Buffer.from('same')),
    ];
    expect(keyIdOf(one).equals(key.id)).to.equal(true);
    expect(one.equals(other)).to.equal(false);
  });

  for (const [what, elsewhere] of Object.entries({
    row: { ...place, row: '000000000000000000000002' },
    field: { ...place, field: 'other' },
    collection: { ...place, collection: 'subjects' },
  })) {
    it(`do not open in another ${what}`, () => {
      const key = aKey();
      const sealed = seal(key, place, Buffer.from('text'));
      expect(() => unseal(key, elsewhere, sealed)).to.throw(SealBroken);
    });
  }

  it('do not open when a single byte was changed, wherever it is', () => {
    const key = aKey();
    const sealed = seal(key, place, Buffer.from('text'));
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Buffer.from(sealed);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(() => unseal(key, place, altered), `byte ${at}`).to.throw(SealBroken);
    }
  });

  it('do not open under another key of the same id', () => {
    const key = aKey();
    const sealed = seal(key, place, Buffer.from('text'));
    expect(() => unseal({ ...key, secret: randomBytes(32) }, place, sealed)).to.throw(SealBroken);
  });
});

describe('Blind index', () => {
  it('finds an address however it was typed, under its own key and purpose only', () => {
    const key = aKey();
    const index = blindIndex(key, 'address', 'Ada@Example.org');
    expect(blindIndex(key, 'address', ' ada@example.ORG ')).to.equal(index);
    expect(blindIndex(aKey(), 'address', 'Ada@Example.org')).not.to.equal(index);
    expect(blindIndex(key, 'other', 'Ada@Example.org')).not.to.equal(index);
    expect(index).not.to.contain('ada');
  });
});
