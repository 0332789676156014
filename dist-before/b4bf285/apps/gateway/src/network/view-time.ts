/** A time of the bus as neutron writes it: UTC with `Z`, whole seconds. */
export function viewTime(time: string): string {
  return time.replace(/\.\d+(?=Z$)/, '');
}
