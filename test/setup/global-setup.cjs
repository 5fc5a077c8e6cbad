/** CloudFormation validation costs two seconds per process; one test turns it on for itself. */
module.exports = async () => {
  process.env.CDK_VALIDATION = 'false';
  process.env.AWS_EC2_METADATA_DISABLED = 'true';
};
