import type { Phrases } from './phrases.ts';

export const german: Phrases = {
  openings: {
    plain: [
      'Guten Tag, ich hoffe, ich bin hier richtig.',
      'Sehr geehrte Damen und Herren,',
      'Liebes Datenschutzteam,',
    ],
    worried: [
      'Guten Abend, ich mache mir etwas Sorgen und wäre für eine schnelle Antwort dankbar.',
      'Hallo, ich habe deswegen schlecht geschlafen.',
    ],
    annoyed: [
      'Ich frage nun schon zum zweiten Mal.',
      'Seit zwei Wochen werde ich von einer Stelle zur nächsten geschickt.',
    ],
    lawyer: [
      'Ich schreibe im Auftrag der oben genannten Person; eine Vollmacht lege ich auf Wunsch vor.',
      'Bitte behandeln Sie dieses Schreiben als förmlichen Antrag nach der Datenschutz-Grundverordnung.',
    ],
  },
  closings: {
    plain: ['Vielen Dank für Ihre Mühe.', 'Mit freundlichen Grüßen', 'Danke und eine gute Woche.'],
    worried: ['Bitte sagen Sie mir, wie es nun weitergeht, so oder so.'],
    annoyed: [
      'Ich erwarte diesmal eine richtige Antwort und keine Vorgangsnummer.',
      'Sonst wende ich mich an die Aufsichtsbehörde.',
    ],
    lawyer: ['Ihrer Antwort sehe ich innerhalb der gesetzlichen Frist entgegen.'],
  },
  wishes: {
    access: [
      'Ich möchte eine Kopie von allem, was Sie über mich gespeichert haben.',
      'Bitte teilen Sie mir mit, welche meiner Angaben Sie an andere Firmen weitergegeben haben.',
      'Mich interessiert, was nach meinem Anruf wegen der Störung über mich notiert wurde.',
    ],
    correction: [
      'Mein Nachname hat sich im Frühjahr geändert, auf Ihren Briefen steht immer noch der alte.',
      'Sie schreiben weiter an meine frühere Wohnung. Bitte tragen Sie die neue Anschrift ein.',
      'Bei meinem Geburtsdatum sind Tag und Monat vertauscht.',
    ],
    deletion: [
      'Ich habe vor zwei Jahren gekündigt und bekomme noch immer Post. Bitte löschen Sie alles.',
      'Ich arbeite nicht mehr in der Firma, die mich angemeldet hat. Bitte löschen Sie mein Profil.',
    ],
    portability: [
      'Ich wechsle den Anbieter und brauche meine Daten in einem Format, das er lesen kann.',
      'Bitte geben Sie mir meine Unterlagen als Datei heraus und nicht wieder als Bildschirmfoto.',
    ],
    objection: [
      'Ich widerspreche der Nutzung meiner Angaben für Werbung und für jede Art von Auswertung.',
      'Bitte hören Sie auf auszuwerten, wie ich Ihr Angebot nutze.',
    ],
    restriction: [
      'Bitte sperren Sie meine Daten, bis geklärt ist, welche Anschrift stimmt.',
      'Ich bestreite Ihre letzte Rechnung. Bis dahin sollen meine Daten nicht verwendet werden.',
    ],
  },
  patientWishes: {
    access: [
      'Für eine zweite Meinung in der nächsten Woche brauche ich die Befunde seit Januar.',
      'Bitte schicken Sie mir meine Laborwerte und die Arztbriefe an meine Hausärztin.',
      'Wer hat seit meiner Operation meine Akte geöffnet? Eine Nachbarin arbeitet bei Ihnen.',
    ],
    correction: [
      'In meiner Akte steht, dass ich rauche. Ich habe vor elf Jahren aufgehört.',
      'In der Allergieliste fehlt Penicillin, das kann gefährlich werden.',
      'An zwei Stellen sind linkes und rechtes Knie verwechselt.',
    ],
    deletion: [
      'Bitte nehmen Sie die Bemerkungen über meine Scheidung aus der Akte, sie helfen niemandem.',
      'Ich war nur einmal im Urlaub bei Ihnen in Behandlung. Bitte löschen Sie, was gelöscht werden darf.',
    ],
    portability: [
      'Ich wechsle in eine Praxis an meinem neuen Wohnort. Bitte geben Sie meine Akte als Datei mit.',
      'Können Sie meine Impfungen und den Medikamentenplan für die neue Ärztin ausgeben?',
    ],
    objection: [
      'Ich möchte nicht, dass mein Fall im Unterricht verwendet wird, auch nicht ohne Namen.',
      'Bitte geben Sie meine Daten nicht an die Studie weiter, von der am Empfang die Rede war.',
    ],
    restriction: [
      'Bis die Verwechslung mit der anderen Patientin geklärt ist, soll niemand mit meiner Akte arbeiten.',
      'Bitte beschränken Sie meine Akte auf die Ärztin, die mich behandelt.',
    ],
  },
  correction: {
    field: 'Meine Anschrift bei Ihnen',
    present: 'Altgasse 9',
    wanted: 'Erfundener Ring 21',
  },
  questions: [
    'Danke für Ihren Antrag. Welchen Zeitraum meinen Sie, damit wir alles finden?',
    'Unter Ihrem Namen gibt es zwei Einträge. In welchem Ort haben Sie damals gewohnt?',
    'Benötigen Sie auch die Anhänge der alten Vorgänge, oder reichen die Texte?',
    'Wir tragen Ihre Daten gerade aus drei Systemen zusammen und melden uns noch in dieser Woche.',
    'Ihr Antrag ist bei der Stelle, die diese Akten führt. Wir halten Sie hier auf dem Laufenden.',
  ],
  replies: [
    'Das war zwischen März und Ende Juni, soweit ich mich erinnere.',
    'Damals habe ich noch im Haus am Fluss gewohnt, vor dem Umzug im Herbst.',
    'Die Texte reichen mir, die Bilder brauche ich nicht.',
    'Bitte sehen Sie auch unter meinem Geburtsnamen nach.',
    'Wie lange wird es noch dauern? Mein Termin ist in zehn Tagen.',
  ],
  thanks: [
    'Danke, mehr wollte ich gar nicht wissen.',
    'Das ging ja schneller als gedacht, vielen Dank.',
  ],
  proof: 'War mit Personalausweis am Empfang; kopiert wurde nichts.',
  notes: [
    'Archiv angerufen: die Akten vor 2023 liegen ausgelagert, es dauert vier Tage.',
    'Dieselbe Person hat im Mai an die Hotline geschrieben, die Antwort war unvollständig.',
    'Bitte vor dem Versand gegenlesen, in den Briefen kommt eine dritte Person vor.',
    'Export läuft, der Umfang ist plausibel. Freitextfelder von Hand prüfen.',
    'Identität geklärt: Code bestätigt, Anschrift stimmt mit dem Vertrag überein.',
  ],
  extensions: {
    complexity: [
      'Ihre Daten liegen in vier Systemen, von denen eines gerade umzieht. Für eine vollständige Antwort brauchen wir mehr Zeit.',
    ],
    'number-of-requests': [
      'Sie haben uns mehrere Anträge zugleich geschickt. Wir beantworten sie gemeinsam und brauchen dafür länger.',
    ],
    'hard-to-retrieve': [
      'Ein Teil Ihrer Akten liegt in einem Archiv außer Haus. Sie sind bestellt und in einigen Wochen hier.',
    ],
  },
  refusals: {
    'manifestly-unfounded': [
      'Sie möchten Daten einer anderen Person gegen deren Willen löschen lassen. Dem können wir nicht folgen.',
    ],
    excessive: [
      'Sie haben dieselben Daten in diesem Quartal dreimal erhalten, seither hat sich nichts geändert.',
    ],
    'identity-not-proved': [
      'Ihre Angaben passen nicht zur Akte, und auf unsere Rückfragen kam keine Antwort. Zum Schutz der betroffenen Person geben wir nichts heraus.',
    ],
    'no-data-held': [
      'Wir haben in allen Systemen unter Ihrem Namen und Ihrer Anschrift gesucht und nichts gefunden.',
    ],
    'not-controller': [
      'Wir betreiben dieses System nur. Über die Daten entscheidet Ihre Praxis, an die Sie sich bitte wenden.',
    ],
    'legal-obligation': [
      'Behandlungsunterlagen müssen zehn Jahre aufbewahrt werden. Ihre sind gesperrt und werden danach gelöscht.',
      'Das Steuerrecht verlangt, dass wir diese Rechnungen noch einige Jahre aufbewahren.',
    ],
    'legal-claims': [
      'Der Streit über Ihre letzte Rechnung ist noch offen, dafür brauchen wir die Daten.',
    ],
    'rights-of-others': [
      'Die Briefe enthalten vertrauliche Angaben über eine andere Person, die sich nicht trennen lassen.',
    ],
    'still-needed': [
      'Ihr Vertrag läuft bis zum nächsten Sommer, ohne diese Daten können wir ihn nicht erfüllen.',
    ],
    'data-are-accurate': [
      'Wir haben den Eintrag mit dem unterschriebenen Bogen Ihres Besuchs verglichen; er stimmt.',
    ],
    'compelling-grounds': [
      'Das Protokoll, dem Sie widersprechen, schützt alle Konten vor Einbrüchen. Wir müssen es behalten.',
    ],
    'not-based-on-consent-or-contract': [
      'Diese Daten verarbeiten wir aus einer gesetzlichen Pflicht; ein Recht auf Mitnahme gibt es dafür nicht.',
    ],
    'other-exemption': [
      'Ein gerichtlicher Beschluss verbietet uns zurzeit, diese Akte zu ändern. Danach melden wir uns wieder.',
    ],
  },
  completions: {
    access: [
      'Hier ist die Kopie Ihrer Daten. Die Tabelle zeigt, woher jeder Teil stammt und wer ihn erhalten hat.',
      'Alles, was wir über Sie gespeichert haben, finden Sie in den Dateien. Zwei Zeilen über andere Personen sind geschwärzt.',
    ],
    correction: [
      'Der Eintrag ist berichtigt, und wir haben es den beiden Empfängern des alten mitgeteilt.',
    ],
    deletion: [
      'Ihre Daten sind gelöscht. Was wir aufbewahren müssen, steht mit seinem Löschtag in der Datei.',
    ],
    portability: ['Ihre Daten liegen als JSON und CSV bei. Beides lässt sich einlesen.'],
    objection: ['Sie stehen auf keiner Liste mehr, und Ihre Nutzung wird nicht mehr ausgewertet.'],
    restriction: [
      'Ihre Daten sind gesperrt: Sie werden nur noch aufbewahrt, bis alles geklärt ist.',
    ],
  },
};
