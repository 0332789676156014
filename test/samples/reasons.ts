/** Why an answer may differ from a published sample: the first row that fits a known difference. */
export interface Reason {
  /** `api/sample`, as `nova/os-hosts/host-get-reboot`. */
  readonly sample: RegExp;
  /** The difference, as `image.stores: not in the sample`. */
  readonly difference: RegExp;
  readonly why: string;
}

const everything = /./;
const played = (sample: RegExp, why: string, difference = everything): Reason => ({ sample, difference, why });

/** Requests of samples that the service itself refuses, or that the state of the replay does not fit. */
const refused: readonly Reason[] = [
  played(
    /^nova\/flavor-access\//,
    'The sample was taken of a private flavor; the flavor of the replay is public: nova refuses that too.',
  ),
  played(/^nova\/os-admin-actions\/admin-actions-reset-network$/, 'Gone since nova 23: 410, as nova answers.'),
  played(
    /^nova\/os-hosts\//,
    "No driver here switches a whole host: 501, as nova answers with libvirt; nova's driver for tests repeats the word that was sent.",
  ),
  played(/^nova\/os-hypervisors\/v2\.53\/hypervisors-uptime/, "The host of the replay is down by then: nova's 400."),
  played(
    /^nova\/os-keypairs\/v2\.92\//,
    'The sample leaves the public key to its test; without one nova answers 400 since 2.92.',
  ),
  played(
    /^nova\/os-quota-sets\/v2\.57\/user-quotas/,
    'The replay uses more than the limit of the sample: the 400 of nova.',
  ),
  played(
    /^nova\/os-remote-consoles\/.*spice/,
    "The simulated driver has no SPICE: nova's answer for a driver without it.",
  ),
  played(
    /^nova\/os-server-external-events\/event-create-resp$/,
    'The event of the sample has a name that the schema of nova refuses; its own test replaces it.',
  ),
  played(
    /^nova\/os-shelve\/os-shelve-offload$/,
    'With shelved_offload_time = 0 a server is offloaded at once; a second time is a conflict in nova too.',
  ),
  played(/^glance\/\.\/add-location-request$/, 'Needs a store of kind http: 403, as glance answers without one.'),
  played(
    /^glance\/\.\/cache-list-response$/,
    'There is no cache of images: 404, as glance answers without its middleware.',
  ),
  played(
    /^keystone\/admin\/policy-update-response$/,
    'The sample of this request has an object for what the schema of keystone takes as text.',
  ),
  played(
    /^keystone\/admin\/domain-config-group-option-update/,
    'The sample leaves out the key that the schema of keystone requires.',
  ),
  played(
    /^keystone\/federation\/service-provider\/update/,
    'The sample sends keys that the schema of keystone refuses.',
  ),
  played(
    /^neutron\/conntrack_helpers\//,
    'The sample asks for ftp over udp, which neutron refuses; what it would have made is absent afterwards.',
  ),
  played(
    /^neutron\/flavors\//,
    'The sample names a driver that is not installed: 404 in neutron too; what it would have made is absent afterwards.',
  ),
  played(
    /^neutron\/floatingips\//,
    'The sample sends router_id, which neutron refuses in POST; what it would have made is absent afterwards.',
  ),
  played(/^neutron\/networks\/network-multi-/, 'Both networks of the sample ask for one VLAN, which neutron refuses.'),
  played(
    /^neutron\/(port_bindings|ports)\/port-bind/,
    'The sample has no network_id, which neutron requires; what it would have made is absent afterwards.',
  ),
  played(
    /^neutron\/qos\/minimum_bandwidth_rule-update/,
    'The policy of the replay has a limit below the minimum of the sample: the 409 of neutron.',
  ),
  played(/^neutron\/quotas\/quotas-update/, 'The replay uses more than the limit of the sample.', /^PUT /),
  played(
    /^neutron\/routers\/router-(add-extraroutes|update)-response$/,
    "The next hop of the sample is in no subnet of the replay's router.",
    /^PUT /,
  ),
  played(
    /^neutron\/routers\/router-(remove|update)-external-gateways/,
    'The gateways that the sample names were not made by the sample before it.',
    /^PUT /,
  ),
  played(
    /^neutron\/segments\/segment-(create|show|update)/,
    'The sample has no physical network for a VLAN, which neutron requires.',
  ),
];

/** Fields that depend on what there is at that moment, or on who asks. */
const ofState: readonly Reason[] = [
  {
    sample: everything,
    difference: /\[\]: empty$/,
    why: 'The list is empty in the state of the replay; what would be in it is judged by other samples.',
  },
  played(/^nova\/os-availability-zone\//, 'Names of hosts stand as keys: those of the replay.', /hosts\./),
  played(
    /^nova\/os-instance-usage-audit-log\//,
    'Names of hosts stand as keys; the replay has made no audit.',
    /log\./,
  ),
  played(/^nova\/os-console-auth-tokens\//, 'Only a console by TLS has a second port.', /tls_port/),
  played(
    /^nova\/os-evacuate\/v2\.95\//,
    'The sample repeats the answer of the first version; the code of nova answers no password since 2.14.',
    /adminPass/,
  ),
  played(
    /^nova\/os-services\/v2\.69\//,
    'The sample is of a cell that is down; here every part of a service is known.',
  ),
  played(
    /^nova\/(servers|os-server-tags)\//,
    'The sample was taken as a member; the replay asks as administrator, who sees more.',
    /(OS-EXT-SRV-ATTR|host_status).*not in the sample$/,
  ),
  played(
    /^nova\/servers\/v2\.66\//,
    'Nova leaves these out for a server that is not built, or that has been deleted.',
    /(progress|security_groups): missing/,
  ),
  played(/^nova\/images\/image-get-resp$/, "A property that the image of nova's own test has.", /diskConfig/),
  played(
    /^glance\/\.\/(image|images|metadef|stores)/,
    'Properties, resource types and stores of the replay are others than those of the sample, or were changed since.',
    /(os_distro|properties\.|prefix|properties_target|updated_at|created_at|owner|resource_type_associations)/,
  ),
  played(
    /^keystone\/admin\/auth-(password|token)-unscoped/,
    'The user of the replay has a default project, which scopes its token.',
  ),
  played(/^keystone\/admin\/role-assignments/, 'Assignments of the replay are to others than those of the sample.'),
  played(
    /^keystone\/admin\/(role-inferences|services-list)/,
    'Keystone answers a description only where one was given.',
    /description: missing/,
  ),
  played(/^neutron\/networks\//, 'The sample was taken as a member; the replay asks as administrator.', /provider:/),
  played(/^neutron\/ports\/ports-bind-list/, "Details of Open vSwitch's driver.", /vif_details/),
  played(
    /^neutron\/ports\//,
    'The sample was taken as a member; the replay asks as administrator.',
    /binding:.*not in the sample/,
  ),
];

/** Where the text of a sample and the code of its service are of different age. */
const ofAge: readonly Reason[] = [
  {
    sample: everything,
    difference: /: not in the sample$/,
    why: 'The code of the service answers it too; the text of the sample is older.',
  },
  {
    sample: /^glance\/\.\/schemas-/,
    difference: /./,
    why: 'Schemas follow the code of glance, from which the text of the sample differs.',
  },
  played(
    /^glance\/\.\/image-create-response$/,
    'Locations are shown only with show_multiple_locations.',
    /locations: missing/,
  ),
  played(
    /^glance\/\.\/image-tasks-show/,
    'The code of glance names them user_id and request_id, and keeps of a request what was sent.',
  ),
  played(
    /^keystone\/.*policy|^keystone\/admin\/policies/i,
    'The code of keystone keeps a blob as the text that was sent.',
    /blob/,
  ),
  played(
    /^keystone\/OS-EP-FILTER\/endpoint-groups-response$/,
    'The code of keystone lists the groups themselves, without a second key.',
  ),
  played(
    /^keystone\/admin\/domain-config/,
    'The code of keystone answers below "config"; the text of the sample leaves that out.',
  ),
  played(/^keystone\/admin\/get-service-catalog/, 'The code of keystone links to the catalog itself alone.', /links/),
  played(
    /^keystone\/admin\/project-tags-update/,
    'The code of keystone answers tags; the sample has the body of a list of projects.',
  ),
  played(
    /^keystone\/admin\/user-(create|show|update)/,
    'Keystone answers it only for users of an identity provider, with which none logs in here.',
    /federated/,
  ),
  played(
    /^neutron\/(address-groups\/address-group-show|auto-topology|qos\/rule_type-details)/,
    'The code of neutron answers the resource below its name.',
    /missing$/,
  ),
  played(
    /^neutron\/agents\//,
    'Of another release: answered where an agent reports them.',
    /(ha_state|resource_versions)/,
  ),
  played(/^neutron\/(networks|ports)\//, 'Private VLANs are not there: the extension is not announced.', /pvlan/),
  played(
    /^neutron\/(agents|routers)\//,
    'Of the driver of service types, which neutron has no more; interfaces are answered with their own action.',
    /(service_type_id|interfaces_info)/,
  ),
  played(
    /^neutron\/networks\/versions-list/,
    'The sample is of the address above: the list of versions.',
    /versions: missing/,
  ),
  played(
    /^neutron\/security-group-default-rules\//,
    'The sample misspells a field; the extension of neutron-lib has the one that is answered.',
    /missing/,
  ),
  played(
    /^neutron\/security-groups\//,
    'Not in the definitions of neutron-lib for the extensions that are announced.',
    /(rules\[\]\.tags|belongs_to_default_sg)/,
  ),
  played(
    /^neutron\/subnets\/subnetpool-create/,
    'The code of neutron answers lengths of prefixes as text.',
    /string in place of number/,
  ),
  played(/^neutron\/subnets\/subnets-onboard/, 'The code of neutron answers the list of subnets.', /missing/),
];

export const reasons: readonly Reason[] = [...refused, ...ofState, ...ofAge];
