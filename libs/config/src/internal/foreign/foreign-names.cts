const foreignNames = `
[DEFAULT]
 core_plugin
`;
export = foreignNames;
