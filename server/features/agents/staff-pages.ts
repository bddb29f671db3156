import { mayDo } from '../../../config/permissions.ts';
import { staffPage, type Door } from '../../http/doors.ts';
import { ofId, type OfId } from '../../wire.ts';
import { requestPath } from '../requests/service.ts';
import { decideAuthority, evidenceOf, mandateOfRequest, openEvidence } from './mandates.ts';
import { evidenceFile, verdict, type EvidenceFile, type Verdict } from './schema.ts';
import { reviewView } from './views.ts';

const PATH = '/o/:organization/requests/:id/agent';

/** What staff see of an authorised agent, and their decision about the authority. */
export const agentStaffPages: Door[] = [
  staffPage<OfId>('requests:work', {
    method: 'get',
    path: PATH,
    params: ofId,
    act: async ({ staff, language, params }) => {
      const mandate = await mandateOfRequest(staff.organizationId, params.id);
      const files = await evidenceOf(mandate);
      const decides = mayDo(staff.role, 'requests:decide');
      const model = reviewView(staff.organization, language, mandate, files, decides);
      return { page: 'agents/review', model };
    },
  }),
  staffPage<EvidenceFile>('requests:decide', {
    method: 'get',
    path: `${PATH}/files/:file`,
    params: evidenceFile,
    act: async ({ staff, params }) => ({ file: await openEvidence(staff, params.id, params.file) }),
  }),
  staffPage<OfId, Record<string, never>, Verdict>('requests:decide', {
    method: 'post',
    path: `${PATH}/decision`,
    params: ofId,
    body: verdict,
    act: async ({ staff, params, body }) => {
      await decideAuthority(staff, params.id, body);
      const home = `${requestPath(staff.organization, params.id)}/agent`;
      return { redirect: home, flash: `agents.flash.${body.verdict}` };
    },
  }),
];
