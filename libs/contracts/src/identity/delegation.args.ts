import { IsString, MaxLength } from 'class-validator';

export class Ec2CredentialCreateArgs {
  @IsString() @MaxLength(255) readonly user_id!: string;
  @IsString() @MaxLength(255) readonly project_id!: string;
}
