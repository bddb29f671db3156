import { expect } from 'chai';
import { networkOf } from '../../server/security/networks.ts';

describe('The network of a sender', () => {
  const same = [
    ['2001:db8::1', '2001:db8:0:0:ffff::2'],
    ['2001:db8::1', '2001:0DB8:0000:0000:0:0:0:9'],
    ['2001:db8:1:2::', '2001:db8:1:2:3:4:5:6'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
  ];
  for (const [one = '', other = ''] of same) {
    it(`is the same for ${one} and ${other}`, () => {
      expect(networkOf(one)).to.equal(networkOf(other));
    });
  }

  const different = [
    ['2001:db8:1:2::1', '2001:db8:1:3::1'],
    ['192.0.2.7', '192.0.2.8'],
    ['::ffff:192.0.2.7', '::ffff:192.0.2.8'],
  ];
  for (const [one = '', other = ''] of different) {
    it(`tells ${one} from ${other}`, () => {
      expect(networkOf(one)).not.to.equal(networkOf(other));
    });
  }
});
