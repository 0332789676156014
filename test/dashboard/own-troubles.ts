/** What Horizon does by itself with every cloud; each pattern is of `path: trouble`. */
const OWN: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  {
    pattern: /update_quotas.*: Error: Unable to retrieve Neutron quota information/,
    reason: '27.0 takes the location of the answer for the quotas (api/neutron.py, tenant_quota_get).',
  },
  {
    pattern: /rbac_policies\/.*update: (500 of|.*Danger)/,
    reason: '27.0 asks the policy for a key that openstacksdk calls otherwise (rbac_policies/views.py).',
  },
  {
    pattern: /: 404 of \/static\/app\/core\/images\/\/actions\//,
    reason: 'The path of a template has a slash too many; the button has another template then.',
  },
  {
    pattern: /: 500 of \/api\/glance\/metadefs\/namespaces\/\?.*resource_type=OS::Cinder::Volumes$/,
    reason: 'It divides the namespaces of a type among threads, and fails where a type has none.',
  },
  {
    pattern: /hypervisors\/\?tab=hypervisor_info__provider: Error: Invalid service catalog: placement/,
    reason: 'The tab of the providers is there whether or not the catalog has a Placement API.',
  },
  {
    pattern: /\(Create Volume\): /,
    reason: 'The page of images offers volumes without looking whether there is a Volume API.',
  },
  {
    pattern: /^\/identity\/[0-9a-f]+\/detail\/: /,
    reason: "A user's page leads members to a page that is administrators'.",
  },
  {
    pattern: /^\/identity\/credentials\/.*: 403/,
    reason: "A user's page leads members to a page that is administrators'.",
  },
  {
    pattern: /^\/project\/images\/.*: 403 of \/api\/keystone\/projects\//,
    reason:
      'The page of images asks for the name of each owner, and shows its id where Keystone refuses a member that.',
  },
];

/** Those troubles of a page that are not Horizon's own. */
export function ofTheCloud(path: string, troubles: readonly string[]): string[] {
  return troubles.filter((trouble) => !OWN.some(({ pattern }) => pattern.test(`${path}: ${trouble}`)));
}
