import { MeteringLabel } from '#libs/contracts';
import type { MeteringLabelData } from '#libs/contracts';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';

/** A label's rules go with it. */
@Manages(MeteringLabel)
export class MeteringLabelManager extends ResourceManager<MeteringLabelData> {}
