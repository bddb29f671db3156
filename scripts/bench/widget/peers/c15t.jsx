import { ConsentBanner, ConsentDialog, ConsentManagerProvider } from '@c15t/react';
import '@c15t/react/styles.css';
import { createRoot } from 'react-dom/client';

const options = {
  mode: 'offline',
  nonce: document.querySelector('script[nonce]')?.nonce,
  consentCategories: ['necessary', 'functionality', 'measurement', 'marketing'],
  overrides: { country: 'DE' },
};
const element = document.createElement('div');
document.body.append(element);
createRoot(element).render(
  <ConsentManagerProvider options={options}>
    <ConsentBanner />
    <ConsentDialog />
  </ConsentManagerProvider>,
);
