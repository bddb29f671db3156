import type { Phrases } from './phrases.ts';

export const english: Phrases = {
  openings: {
    plain: [
      'Hello, I hope this reaches the right desk.',
      'Good morning,',
      'Dear privacy team,',
      'Hi there, I found your form on the website.',
    ],
    worried: [
      'Hello, I am a little worried and would be glad of a quick answer.',
      'Dear team, I did not sleep well over this.',
      'Good evening, I am writing because something does not feel right.',
    ],
    annoyed: [
      'This is the second time I am asking.',
      'I have been passed from one person to the next for two weeks now.',
      'Frankly, I expected better from you.',
    ],
    lawyer: [
      'I write on behalf of the person named above, whose authority I can show on request.',
      'Please treat this as a formal request under the applicable privacy law.',
      'We act for the data subject and ask you to confirm receipt.',
    ],
  },
  closings: {
    plain: ['Many thanks for your help.', 'Thank you, and have a good week.', 'Kind regards'],
    worried: [
      'Please tell me what happens next, whatever it is.',
      'A short note that somebody is looking at it would already help.',
    ],
    annoyed: [
      'I expect a real answer this time, not another ticket number.',
      'If this is not settled in time, I will go to the authority.',
    ],
    lawyer: [
      'We reserve all rights and look forward to your reply within the statutory period.',
      'Kindly direct all correspondence in this matter to the address above.',
    ],
  },
  wishes: {
    access: [
      'I would like a copy of everything you keep about me, including what is noted in {account}.',
      'Please send me all data that {thing} has stored about me since I signed up, and tell me who received it.',
      'Which of my details did you pass on to other companies last year? I would like to see the list and the data.',
      'I want to know what your support staff wrote about me after my call about the broken export.',
    ],
    correction: [
      'My surname changed in spring, but {account} still shows the old one on every letter.',
      'You keep writing to my previous flat. Please put the new address into {account}.',
      'My date of birth is wrong in {thing}: day and month are swapped.',
      'The telephone number in {account} belongs to my former colleague, who is fed up with your calls.',
    ],
    deletion: [
      'I closed {account} two years ago and still get mails. Please delete everything.',
      'Please remove my data from {thing}; I only tried it once and never came back.',
      'I no longer work for the company that registered me with you. Delete my profile, please.',
      'Erase the recording of my support call, and the notes that go with it.',
    ],
    portability: [
      'I am moving to another provider. Please give me my data from {thing} in a format it can read.',
      'Kindly export my documents and settings as JSON or CSV so that I can take them along.',
      'I need the history of {account} as a file, not as screenshots like last time.',
    ],
    objection: [
      'I object to my details being used for your newsletter and for any kind of profiling.',
      'Do not sell or share my personal information with advertising partners.',
      'Stop analysing how I use {thing}. I never agreed to be scored.',
    ],
    restriction: [
      'Please freeze my data in {account} until we have settled what the correct address is.',
      'Limit the use of my sensitive information to what is needed to run {thing}.',
      'I dispute your last invoice. Until it is cleared, keep my data but do not use it.',
    ],
  },
  patientWishes: {
    access: [
      'I need the notes of my visits since January for a second opinion next week.',
      'Please send me my lab results and the letters that went to my family doctor.',
      'Who has opened my record since my operation? A neighbour works in your clinic.',
      'I would like to read what was written after my appointment about the migraine.',
    ],
    correction: [
      'My record says that I smoke. I stopped eleven years ago and never told you otherwise.',
      'The allergy list is missing penicillin, and somebody could get hurt by that: me.',
      'My record mixes up left and right knee in two places.',
    ],
    deletion: [
      'Please take the remarks about my divorce out of my record; they help nobody.',
      'I was a patient only once, as a tourist. Please delete what the law lets you delete.',
    ],
    portability: [
      'I am changing to a practice near my new home. Please hand over my record as a file.',
      'Could you export my vaccination history and medication list for my new doctor?',
    ],
    objection: [
      'I do not want my case used for teaching, not even without my name.',
      'Please do not send my data to the study that was mentioned at reception.',
    ],
    restriction: [
      'Until the mix-up with the other patient is settled, nobody should work with my record.',
      'Please restrict my file to the doctor who treats me.',
    ],
  },
  correction: {
    field: 'Postal address',
    present: '9 Oldfield Lane',
    wanted: '21 Imaginary Crescent',
  },
  questions: [
    'Thank you for your request. Could you tell us which period you mean, so that we find everything?',
    'We found two entries under your name. Which town did you live in when you registered?',
    'Do you need the attachments of the old tickets as well, or are the texts enough?',
    'We are collecting your data from three systems now and will come back to you this week.',
    'Would a CSV file suit you, or does your new provider ask for another format?',
    'Your request has reached the team that keeps these records. We will keep you posted here.',
  ],
  replies: [
    'It was between March and the end of June, as far as I remember.',
    'I lived in the house by the river then, before we moved in autumn.',
    'The texts are enough for me, I do not need the pictures.',
    'CSV is fine, thank you for asking.',
    'Please also look under my maiden name, it may be filed there.',
    'How long will it take? My appointment is in ten days.',
    'I spoke with two of your colleagues on the phone about this, both were very kind.',
  ],
  thanks: [
    'Thank you, that is all I wanted to know.',
    'That was quicker than I had expected, thanks a lot.',
  ],
  proof: 'Came to the desk with an identity card; nothing was copied.',
  notes: [
    'Called the records team: the archive before 2023 is on tape, they need four days.',
    'Same person wrote to the support desk in May, answer there was incomplete.',
    'Second pair of eyes please before this goes out, there is a third party in the letters.',
    'Export is running, size looks plausible. Check the free-text fields by hand.',
    'Spoke to the account manager, no objection from the contract side.',
    'Identity is fine: code confirmed and address matches the contract.',
  ],
  extensions: {
    complexity: [
      'Your records are spread over four systems, one of which is being moved. We need more time to give you a complete answer.',
      'Your letters mention other people, and we have to check each page so that their privacy is kept. That takes longer than usual.',
    ],
    'number-of-requests': [
      'You sent us several requests at once. We answer them together, and carefully, and therefore need longer.',
    ],
    'hard-to-retrieve': [
      'Part of your data lies in an archive outside our offices. It has been ordered, and will be with us in a few weeks.',
    ],
  },
  refusals: {
    'manifestly-unfounded': [
      'You ask us to delete data about another person against that person’s wish. We cannot follow this request.',
    ],
    excessive: [
      'You received the same data from us three times this quarter, and nothing has changed since. We therefore do not prepare it again.',
    ],
    'identity-not-proved': [
      'The details you gave do not match the record, and we had no answer to our questions. To protect the person concerned we cannot hand anything out.',
    ],
    'no-data-held': [
      'We searched every system under the name and address you gave us and found nothing about you.',
      'There is no record of you with us. You may have meant the company that sold you the device.',
    ],
    'not-controller': [
      'We only host this system. Your practice decides about the data, and we have told you in our letter whom to ask there.',
    ],
    'legal-obligation': [
      'Tax law obliges us to keep these invoices for some years more. They are locked and used for nothing else.',
      'Treatment records must be kept for ten years. We have locked yours, and will delete them when the period ends.',
    ],
    'legal-claims': [
      'The claim about your last invoice is still open, and we need the data to settle it.',
    ],
    'rights-of-others': [
      'The letters you ask for contain confidential remarks of another patient that cannot be separated from yours.',
    ],
    'still-needed': [
      'Your contract runs until next summer, and we cannot fulfil it without these data.',
    ],
    'data-are-accurate': [
      'We checked the entry against the signed form of your visit; the record says what the form says.',
    ],
    'compelling-grounds': [
      'The log you object to protects the accounts of all users against break-ins. We looked at your situation and have to keep it.',
    ],
    'not-based-on-consent-or-contract': [
      'These data are processed to fulfil a legal duty and not under a contract, so there is no right to take them along.',
    ],
    'other-exemption': [
      'A court order forbids us to change this record at present. We will come back to you once it is lifted.',
    ],
  },
  completions: {
    access: [
      'Here is the copy of your data. The table shows where each part comes from and who received it.',
      'Please find everything we hold about you in the files below. Two lines about other people were blacked out.',
    ],
    correction: [
      'We corrected the entry and told the two companies that had received the old one.',
      'Your record is right now. A print of the new entry is attached.',
    ],
    deletion: [
      'Your data are deleted. What we must keep by law is listed in the file, with the day on which it goes.',
      'We removed your profile and the recordings; backups forget them within thirty days.',
    ],
    portability: [
      'Your data are attached as JSON and CSV. Your new provider can import both.',
      'The export is complete. If the other side cannot read it, tell us and we will convert it.',
    ],
    objection: [
      'We took you off all lists, and your use is no longer analysed. This took effect at once.',
      'Your objection is noted: nothing more is shared with partners.',
    ],
    restriction: [
      'Your data are frozen: they are stored and nothing else until the matter is settled.',
      'Use of your sensitive information is now limited to what the service itself needs.',
    ],
  },
};
