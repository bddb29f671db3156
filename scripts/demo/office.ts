import type { SiteRow } from '../../server/features/organizations/service.ts';
import type { StaffMember } from '../../server/features/staff/service.ts';
import type { DemoOrganization, DemoSite } from './organizations.ts';

/** An organisation that has been opened, with the people who act in it. */
export interface Office {
  organization: DemoOrganization;
  administrator: StaffMember;
  officer: StaffMember;
  /** Those who may work on requests; the officer is one of them. */
  workers: StaffMember[];
  everybody: StaffMember[];
  sites: { site: DemoSite; row: SiteRow }[];
}
