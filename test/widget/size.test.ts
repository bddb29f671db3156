import { brotliCompressSync } from 'node:zlib';
import { expect } from 'chai';
import { aConfiguration, widgetBundle, widgetScript } from './site.ts';

describe('Size of the widget', () => {
  const brotli = (text: string) => brotliCompressSync(text).length;

  it('stays under 6 KiB of brotli, banner and preferences together', async () => {
    expect(brotli(await widgetBundle())).to.be.below(6 * 1024);
  });

  it('stays under 7 KiB with a whole configuration, in the one request there is', async () => {
    const config = aConfiguration({ endpoint: 'https://privacy.fernhill.example' });
    expect(brotli(await widgetScript(config))).to.be.below(7 * 1024);
  });
});
