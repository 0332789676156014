const extensionName = /^(router|provider|binding)_(external|network_type|physical_network|segmentation_id|.*)$/;

/** An object of ours under neutron's names, as in its API: `router:external`, `binding:host_id`, `tenant_id`. */
export function neutronForm(object: object): Readonly<Record<string, unknown>> {
  const named: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) {
    const isTime = (name === 'created_at' || name === 'updated_at') && typeof value === 'string';
    named[name.replace(extensionName, '$1:$2')] = isTime ? value.replace(/\.\d+Z$/, 'Z') : value;
  }
  if ('project_id' in object) named['tenant_id'] = object.project_id;
  return named;
}
