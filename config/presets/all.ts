import { caseSharing } from './case-sharing.ts';
import { clinicManagement } from './clinic-management.ts';
import { managedIt } from './managed-it.ts';
import { patientFlow } from './patient-flow.ts';
import { practiceManagement } from './practice-management.ts';
import type { Preset } from './preset.ts';

/** The kinds of organisation that a new one can start as. */
export const presets: readonly Preset[] = [
  managedIt,
  patientFlow,
  clinicManagement,
  practiceManagement,
  caseSharing,
];
