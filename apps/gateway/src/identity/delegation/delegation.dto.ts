import { IsString, MaxLength, MinLength } from 'class-validator';

/** `POST /v3/users/{id}/credentials/OS-EC2`. */
export class Ec2CredentialBody {
  @IsString() @MinLength(1) @MaxLength(64) readonly tenant_id!: string;
}
