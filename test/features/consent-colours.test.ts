import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { assert, integer, property } from 'fast-check';
import {
  buttonColours,
  contrastOf,
  readableShade,
  surfaces,
  widgetLook,
} from '../../server/features/consent/colours.ts';

describe('Colours of the banner', () => {
  const look = { position: 'bar', corner: 'start', theme: 'auto', accent: null } as const;

  const contrasts: [string, string, number][] = [
    ['#000000', '#ffffff', 21],
    ['#777777', '#ffffff', 4.48],
    ['#ff0000', '#ffffff', 4],
    ['#0b6e4f', '#0b6e4f', 1],
  ];
  for (const [one, other, ratio] of contrasts)
    it(`measures ${String(ratio)} between ${one} and ${other}, as WCAG does`, () => {
      expect(contrastOf(one, other)).to.be.closeTo(ratio, 0.01);
      expect(contrastOf(other, one)).to.be.closeTo(ratio, 0.01);
    });

  const buttons: [accent: string, scheme: 'light' | 'dark', fill: string, text: string][] = [
    // What can be read stays what the site chose.
    ['#0b6e4f', 'light', '#0b6e4f', '#ffffff'],
    ['#f2b632', 'dark', '#f2b632', '#0b100e'],
  ];
  for (const [accent, scheme, fill, text] of buttons)
    it(`leaves ${accent} as it is on the ${scheme} surface, with text in ${text}`, () => {
      expect(buttonColours(accent, scheme)).to.deep.equal({ fill, text });
    });

  for (const [accent, scheme] of [
    ['#ffffff', 'light'],
    ['#fff3b0', 'light'],
    ['#000000', 'dark'],
    ['#191f1c', 'dark'],
    ['#10233f', 'dark'],
  ] as const)
    it(`moves ${accent} away from the ${scheme} surface, no further than needed`, () => {
      const { fill } = buttonColours(accent, scheme);
      expect(fill).to.not.equal(accent);
      expect(contrastOf(fill, surfaces[scheme])).to.be.within(3, 4.6);
    });

  it('gives every colour a button that is seen and words that are read', () => {
    assert(
      property(integer({ min: 0, max: 0xffffff }), (number) => {
        const accent = `#${number.toString(16).padStart(6, '0')}`;
        for (const scheme of ['light', 'dark'] as const) {
          const { fill, text } = buttonColours(accent, scheme);
          expect(contrastOf(fill, surfaces[scheme]), `${accent} ${scheme}`).to.be.at.least(3);
          expect(contrastOf(fill, text), `${accent} ${scheme} text`).to.be.at.least(4.5);
        }
        const { paint } = widgetLook({ ...look, theme: 'brand', accent });
        const [surface = '', ink = ''] = ['surface', 'ink'].map(
          (token) => new RegExp(`--${token}:(#[0-9a-f]{6})`, 'u').exec(paint)?.[1] ?? '',
        );
        expect(contrastOf(surface, ink), `${accent} brand`).to.be.at.least(4.5);
      }),
    );
  });

  it('knows nearest shades: the same hue, and itself where nothing is wrong', () => {
    expect(readableShade('#0b6e4f', '#ffffff', 4.5)).to.equal('#0b6e4f');
    const yellow = readableShade('#ffe600', '#ffffff', 4.5);
    expect(contrastOf(yellow, '#ffffff')).to.be.within(4.5, 4.8);
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
      parseInt(yellow.slice(at, at + 2), 16),
    );
    expect(red).to.be.above(blue + 40);
    expect(green).to.be.above(blue + 40);
  });

  it('says nothing where a site has no colour, and falls back from brand to the device', () => {
    expect(widgetLook(look)).to.deep.include({ theme: 'auto', paint: '' });
    expect(widgetLook({ ...look, theme: 'brand' })).to.deep.include({ theme: 'auto', paint: '' });
    expect(widgetLook({ ...look, theme: 'brand', accent: '#ffe600' }).theme).to.equal('light');
    expect(widgetLook({ ...look, theme: 'brand', accent: '#10233f' }).theme).to.equal('dark');
  });

  it('reckons with the surfaces that the widget has', () => {
    const css = readFileSync('client-widget/stage.css', 'utf8');
    const found = [...css.matchAll(/--surface: (#[0-9a-f]{3,6});/gu)].map(([, value]) => value);
    expect(found).to.deep.equal(['#fff', surfaces.dark, surfaces.dark]);
    expect(surfaces.light).to.equal('#ffffff');
  });
});
