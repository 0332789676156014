import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkExtraSpec } from './check-extra-spec.js';

const refusal = (name: string, value: string): string | undefined => {
  try {
    checkExtraSpec(name, value);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return undefined;
};

describe('extra specs from 2.86 on', () => {
  it('take what nova takes', () => {
    for (const [name, value] of [
      ['hw:numa_nodes', '2'],
      ['hw:numa_cpus.0', '0-3,^2'],
      ['hw:cpu_policy', 'dedicated'],
      ['hw:mem_page_size', '2MiB'],
      ['hw_rng:allowed', 'Yes'],
      ['quota:cpu_quota', '-1'],
      ['resources:VCPU', '4'],
      ['resources_G1:CUSTOM_FPGA', '1'],
      ['trait:HW_CPU_X86_AVX2', 'required'],
      ['trait1:CUSTOM_ROCK', 'forbidden'],
      ['capabilities:cpu_info:vendor', 'Intel'],
      ['aggregate_instance_extra_specs:ssd', 'true'],
      ['anything', 'at all'],
      ['mine:own', 'space'],
      ['hide_hypervisor_id', 'true'],
    ] as const) {
      assert.equal(refusal(name, value), undefined, name);
    }
  });

  it('refuse names of nova’s namespaces that nova does not know', () => {
    for (const name of ['hw:numa_node', 'quota:cpu', 'trait:NO_SUCH', 'resources:BANANAS', 'capabilities:nothing']) {
      assert.equal(
        refusal(name, '1'),
        `Validation failed; extra spec '${name}' does not appear to be a valid extra spec.`,
      );
    }
  });

  it('are checked in time, whatever the value', () => {
    const startedAt = performance.now();
    refusal('hw:pmem', `${'a'.repeat(250)}!`);
    refusal('hw:cpu_realtime_mask', `${'1-1,'.repeat(60)}x`);
    assert.ok(performance.now() - startedAt < 1000);
  });

  it('refuse values with nova’s texts', () => {
    const texts = [
      ['hw:cpu_policy', 'divided', "'divided' is not one of: dedicated, shared, mixed."],
      ['hw:numa_nodes', 'two', "'two' is not a valid integer value."],
      ['hw:numa_nodes', '0', "'0' is less than the min value of '1'."],
      ['hw:redirected_usb_ports', '16', "'16' is greater than the max value of '15'."],
      ['hw:boot_menu', 'maybe', "'maybe' is not a valid boolean-like value."],
      ['hw:pmem', '!', "'!' is not of the format '([a-zA-Z0-9_]+(,)?)+'."],
    ] as const;
    for (const [name, value, text] of texts) assert.equal(refusal(name, value), `Validation failed; ${text}`);
  });
});
