import { objectType } from '../objects/versioned-object.js';
import type { Page } from '../objects/versioned-object.js';

/** A flavor; ram and swap in MiB, disk and ephemeral in GiB. */
export interface FlavorData {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  readonly ram: number;
  readonly disk: number;
  readonly ephemeral: number;
  readonly swap: number;
  readonly rxtx_factor: number;
  readonly is_public: boolean;
  readonly disabled: boolean;
  readonly description: string | null;
  readonly extra_specs: Readonly<Record<string, string>>;
}

export const Flavor = objectType<FlavorData>('Flavor', '1.0');
export const FlavorPage = objectType<Page<FlavorData>>('FlavorPage', '1.0');
